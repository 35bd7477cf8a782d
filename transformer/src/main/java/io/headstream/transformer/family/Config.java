package io.headstream.transformer.family;

import io.headstream.transformer.checkpoint.JsonFile;
import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.rows.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code config.json}, with what all families read from it in the same way. */
final class Config {
  private static final int LONGEST_FILE = 16 << 20;
  private static final int MOST_LAYERS = 10_000;
  private static final int MOST_HEADS = 1 << 12;
  private static final int MOST_CHANNELS = 1 << 20;
  private static final int MOST_INNER_CHANNELS = 1 << 23;
  private static final int MOST_ROWS = 1 << 27;
  private static final int MOST_LABELS = 1 << 16;

  private final JsonValue json;

  private Config(JsonValue json) {
    this.json = json;
  }

  /**
   * Reads the file, and refuses what no family supports.
   *
   * @param file the file
   */
  static Config read(Path file) throws IOException {
    Config config = new Config(JsonFile.read(file, LONGEST_FILE));
    JsonValue quantised = config.json.find("quantization_config");
    if (quantised != null) {
      throw quantised.refusal("none: quantised weights are not supported");
    }
    config.refuseTrue("add_cross_attention", "cross-attention");
    for (String experts : List.of("num_local_experts", "num_experts", "n_routed_experts")) {
      JsonValue count = config.json.find(experts);
      if (count != null && count.asInt(0, Integer.MAX_VALUE) > 0) {
        throw count.refusal("none: mixtures of experts are not supported");
      }
    }
    JsonValue pruned = config.json.find("pruned_heads");
    if (pruned != null && pruned.size() > 0) {
      throw pruned.refusal("none: pruned heads are not supported");
    }
    return config;
  }

  JsonValue json() {
    return json;
  }

  String modelType() throws ModelException {
    return json.get("model_type").asString();
  }

  int layers(String key) throws ModelException {
    return json.getInt(key, 0, MOST_LAYERS);
  }

  int channels(String key) throws ModelException {
    return json.getInt(key, 1, MOST_CHANNELS);
  }

  int heads(String key) throws ModelException {
    return json.getInt(key, 1, MOST_HEADS);
  }

  int innerChannels(String key) throws ModelException {
    return json.getInt(key, 1, MOST_INNER_CHANNELS);
  }

  int innerChannels(String key, int otherwise) throws ModelException {
    return json.findInt(key, 1, MOST_INNER_CHANNELS, otherwise);
  }

  int rows(String key) throws ModelException {
    return json.getInt(key, 1, MOST_ROWS);
  }

  int rows(String key, int otherwise) throws ModelException {
    return json.findInt(key, 1, MOST_ROWS, otherwise);
  }

  /** Channels of a head where they are the model's shared out evenly. */
  int evenHeadDim(int modelDim, String headsKey) throws ModelException {
    int heads = heads(headsKey);
    if (modelDim % heads != 0) {
      throw json.get(headsKey).refusal("a divisor of the " + modelDim + " channels");
    }
    return modelDim / heads;
  }

  float epsilon(String key, float otherwise) throws ModelException {
    return json.findPositiveFloat(key, otherwise);
  }

  Activation activation(String key, String otherwise) throws ModelException {
    String word = json.findString(key, otherwise);
    try {
      return Activation.byName(word);
    } catch (IllegalArgumentException e) {
      throw json.get(key)
          .refusal("one of gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, relu, silu");
    }
  }

  /** Refuses a feature that is switched on. */
  void refuseTrue(String key, String feature) throws ModelException {
    if (json.findBoolean(key, false)) {
      throw json.get(key).refusal("false: " + feature + " is not supported");
    }
  }

  /** What the model answers, by the ending of its architecture. */
  AnswerDesign.Kind answer(AnswerDesign.Kind otherwise, String... ofNext) throws ModelException {
    JsonValue names = json.find("architectures");
    if (names == null || names.elements().isEmpty()) {
      return otherwise;
    }
    JsonValue first = names.elements().get(0);
    String name = first.asString();
    for (String ending : ofNext) {
      if (name.endsWith(ending)) {
        return AnswerDesign.Kind.NEXT;
      }
    }
    if (name.endsWith("ForSequenceClassification")) {
      return AnswerDesign.Kind.CLASS;
    }
    if (name.endsWith("Model") || name.endsWith("ForMaskedLM") || name.endsWith("ForPreTraining")) {
      return AnswerDesign.Kind.HIDDEN;
    }
    throw first.refusal(
        "one that ends with Model, ForMaskedLM, ForSequenceClassification"
            + (ofNext.length == 0 ? "" : ", " + String.join(", ", ofNext)));
  }

  /** The classes of a classifier in the order of their ids. */
  List<String> labels() throws ModelException {
    JsonValue names = json.find("id2label");
    int count = json.findInt("num_labels", 1, MOST_LABELS, names == null ? 2 : names.size());
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      labels.add(names == null ? "LABEL_" + id : names.get(Integer.toString(id)).asString());
    }
    if (names != null && names.size() != count) {
      throw json.get("num_labels").refusal(names.size() + ", as id2label has");
    }
    return labels;
  }

  /** Whether each class is likely or not by itself. */
  boolean multiLabel() throws ModelException {
    String type = json.findString("problem_type", "single_label_classification");
    return switch (type) {
      case "single_label_classification" -> false;
      case "multi_label_classification" -> true;
      default ->
          throw json.get("problem_type")
              .refusal("single_label_classification or multi_label_classification");
    };
  }
}
