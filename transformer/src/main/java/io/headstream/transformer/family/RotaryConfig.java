package io.headstream.transformer.family;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;

/** Rotary positions in {@code config.json}, in the form of transformers 4 or of transformers 5. */
final class RotaryConfig {
  private static final double BASE = 10_000;

  private RotaryConfig() {}

  static RotaryDesign read(JsonValue config) throws ModelException {
    JsonValue share = config.find("partial_rotary_factor");
    if (share != null && share.asDouble() != 1) {
      throw share.refusal("1: turning a part of the channels is not supported");
    }
    JsonValue old = config.find("rope_scaling");
    JsonValue now = config.find("rope_parameters");
    JsonValue scaling = now != null ? now : old;
    double base = number(config, "rope_theta", BASE);
    if (scaling == null) {
      return new RotaryDesign(RotaryDesign.Scaling.NONE, base, 1, 1, 1, 0);
    }
    base = number(scaling, "rope_theta", base);
    JsonValue kind = scaling.find("rope_type") != null ? scaling.get("rope_type") : null;
    if (kind == null) {
      kind = scaling.find("type");
    }
    String word = kind == null ? "default" : kind.asString();
    return switch (word) {
      case "default" -> new RotaryDesign(RotaryDesign.Scaling.NONE, base, 1, 1, 1, 0);
      case "linear" ->
          new RotaryDesign(
              RotaryDesign.Scaling.LINEAR, base, scaling.get("factor").asPositiveFloat(), 1, 1, 0);
      case "llama3" -> llama3(scaling, base);
      default -> throw kind.refusal("default, linear or llama3");
    };
  }

  private static RotaryDesign llama3(JsonValue scaling, double base) throws ModelException {
    double low = scaling.get("low_freq_factor").asPositiveFloat();
    double high = scaling.get("high_freq_factor").asPositiveFloat();
    if (high <= low) {
      throw scaling.get("high_freq_factor").refusal("more than low_freq_factor, " + low);
    }
    return new RotaryDesign(
        RotaryDesign.Scaling.LLAMA3,
        base,
        scaling.get("factor").asPositiveFloat(),
        low,
        high,
        scaling.getInt("original_max_position_embeddings", 1, Integer.MAX_VALUE));
  }

  private static double number(JsonValue json, String key, double otherwise) throws ModelException {
    JsonValue value = json.find(key);
    return value == null ? otherwise : value.asPositiveFloat();
  }
}
