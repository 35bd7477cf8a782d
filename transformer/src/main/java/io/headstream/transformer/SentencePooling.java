package io.headstream.transformer;

import io.headstream.transformer.checkpoint.JsonFile;
import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.rows.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How the hidden states of a sequence become one vector, as {@code modules.json} and {@code
 * 1_Pooling/config.json} of sentence-transformers say; without them their mean.
 *
 * @param kind what is taken
 * @param normalised whether the vector is divided by its length
 */
record SentencePooling(Kind kind, boolean normalised) {
  private static final int LONGEST_FILE = 1 << 20;

  /** What is taken of the hidden states. */
  enum Kind {
    /** Their mean. */
    MEAN,
    /** The first one. */
    FIRST,
    /** The last one. */
    LAST,
    /** The largest of each channel. */
    MAX
  }

  private static final Map<String, Kind> MODES =
      Map.of(
          "pooling_mode_mean_tokens", Kind.MEAN,
          "pooling_mode_cls_token", Kind.FIRST,
          "pooling_mode_lasttoken", Kind.LAST,
          "pooling_mode_max_tokens", Kind.MAX);
  private static final Map<String, Kind> WORDS =
      Map.of("mean", Kind.MEAN, "cls", Kind.FIRST, "lasttoken", Kind.LAST, "max", Kind.MAX);

  /** The mean, as it is. */
  static SentencePooling mean() {
    return new SentencePooling(Kind.MEAN, false);
  }

  static SentencePooling read(Path folder) throws IOException {
    Path modules = folder.resolve("modules.json");
    if (!Files.exists(modules)) {
      return mean();
    }
    Kind kind = null;
    boolean normalised = false;
    List<JsonValue> list = JsonFile.readArray(modules, LONGEST_FILE);
    for (JsonValue module : list) {
      JsonValue type = module.get("type");
      String name = type.asString();
      switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "Transformer" -> {
          JsonValue place = module.find("path");
          if (place != null && !place.asString().isEmpty()) {
            throw place.refusal("an empty one: the model lies in the folder itself");
          }
        }
        case "Pooling" -> kind = kind(folder, module.get("path"));
        case "Normalize" -> normalised = true;
        default -> throw type.refusal("a Transformer, Pooling or Normalize module");
      }
    }
    return new SentencePooling(kind == null ? Kind.MEAN : kind, normalised);
  }

  private static Kind kind(Path folder, JsonValue place) throws IOException {
    String name = place.asString();
    if (!name.matches("[A-Za-z0-9_-]{1,100}")) {
      throw place.refusal("the name of a folder beside modules.json");
    }
    JsonValue config = JsonFile.read(folder.resolve(name).resolve("config.json"), LONGEST_FILE);
    JsonValue word = config.find("pooling_mode");
    if (word != null) {
      Kind kind = WORDS.get(word.asString());
      if (kind == null) {
        throw word.refusal("mean, cls, lasttoken or max");
      }
      return kind;
    }
    Kind kind = null;
    for (Map.Entry<String, JsonValue> field : config.fields()) {
      if (field.getKey().startsWith("pooling_mode_") && field.getValue().asBoolean()) {
        if (kind != null || !MODES.containsKey(field.getKey())) {
          throw field.getValue().refusal("false: one of mean, cls, lasttoken and max is true");
        }
        kind = MODES.get(field.getKey());
      }
    }
    if (kind == null) {
      throw new ModelException(config.file(), "has no pooling_mode that is true, expected one");
    }
    return kind;
  }

  /**
   * Pools a sequence.
   *
   * @param begin its first row
   * @param end the row behind its last, above {@code begin}
   * @param hidden {@code [rows, modelDim]} from 0 on
   * @param vector {@code [modelDim]}
   */
  void pool(int begin, int end, int modelDim, float[] hidden, float[] vector) {
    int row = kind == Kind.LAST ? end - 1 : begin;
    System.arraycopy(hidden, row * modelDim, vector, 0, modelDim);
    switch (kind) {
      case MEAN -> {
        for (int r = begin + 1; r < end; r++) {
          Rows.add(modelDim, hidden, r * modelDim, vector, 0);
        }
        for (int c = 0; c < modelDim; c++) {
          vector[c] /= end - begin;
        }
      }
      case MAX -> {
        for (int r = begin + 1; r < end; r++) {
          for (int c = 0; c < modelDim; c++) {
            vector[c] = Math.max(vector[c], hidden[r * modelDim + c]);
          }
        }
      }
      default -> {
        // It is one row.
      }
    }
    if (normalised) {
      Rows.normalizeL2(1, modelDim, vector, 0);
    }
  }
}
