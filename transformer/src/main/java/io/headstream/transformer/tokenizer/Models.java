package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.List;

/** Reads what a tokenizer.json has as its model. */
final class Models {
  private Models() {}

  static Model read(JsonValue model) throws ModelException {
    JsonValue type = model.find("type");
    String kind = type == null ? kind(model) : type.asString();
    return switch (kind) {
      case "BPE" -> bpe(model);
      case "WordPiece" -> wordPiece(model);
      default -> throw type.refusal("a model that is supported: BPE or WordPiece");
    };
  }

  /** The kind of a model that does not say it, as old files do not. */
  private static String kind(JsonValue model) throws ModelException {
    if (model.find("merges") != null) {
      return "BPE";
    }
    if (model.find("max_input_chars_per_word") != null) {
      return "WordPiece";
    }
    throw model.refusal("a model with a type, with merges or with max_input_chars_per_word");
  }

  private static Model wordPiece(JsonValue model) throws ModelException {
    Vocabulary vocabulary = Vocabulary.read(model.get("vocab"));
    String unknown = model.findString("unk_token", "[UNK]");
    if (vocabulary.id(unknown) < 0) {
      throw notThere(model, "unk_token", unknown);
    }
    return new WordPiece(
        vocabulary,
        unknown,
        model.findString("continuing_subword_prefix", "##"),
        model.findInt("max_input_chars_per_word", 0, Integer.MAX_VALUE, 100));
  }

  private static Model bpe(JsonValue model) throws ModelException {
    refuse(model, "continuing_subword_prefix");
    refuse(model, "end_of_word_suffix");
    JsonValue dropout = model.find("dropout");
    if (dropout != null && dropout.asDouble() != 0) {
      throw dropout.refusal("0: the same text gives the same tokens");
    }
    Vocabulary vocabulary = Vocabulary.read(model.get("vocab"));
    String unknown = model.findString("unk_token", null);
    if (unknown != null && vocabulary.id(unknown) < 0) {
      throw notThere(model, "unk_token", unknown);
    }
    return new Bpe(
        vocabulary,
        merges(model.get("merges"), vocabulary),
        unknown == null ? -1 : vocabulary.id(unknown),
        model.findBoolean("fuse_unk", false),
        model.findBoolean("byte_fallback", false),
        model.findBoolean("ignore_merges", false));
  }

  private static void refuse(JsonValue model, String key) throws ModelException {
    if (!model.findString(key, "").isEmpty()) {
      throw model.get(key).refusal("none: it is not supported in BPE");
    }
  }

  /** Merges are written as "a b" or, since 2024, as ["a", "b"]. */
  private static Merges merges(JsonValue list, Vocabulary vocabulary) throws ModelException {
    Merges merges = new Merges();
    for (JsonValue merge : list.elements()) {
      String left;
      String right;
      if (merge.isArray()) {
        List<JsonValue> pair = merge.elements();
        if (pair.size() != 2) {
          throw merge.refusal("two tokens, not " + pair.size());
        }
        left = pair.get(0).asString();
        right = pair.get(1).asString();
      } else {
        String both = merge.asString();
        int space = both.indexOf(' ');
        if (space < 0 || both.indexOf(' ', space + 1) >= 0) {
          throw merge.refusal("two tokens and a space between them");
        }
        left = both.substring(0, space);
        right = both.substring(space + 1);
      }
      merges.add(
          id(left, merge, vocabulary),
          id(right, merge, vocabulary),
          id(left + right, merge, vocabulary));
    }
    return merges;
  }

  private static int id(String token, JsonValue merge, Vocabulary vocabulary)
      throws ModelException {
    int id = vocabulary.id(token);
    if (id < 0) {
      String text = merge.path() + " needs " + ModelException.quote(token);
      throw new ModelException(merge.file(), text + ", which is not in the vocabulary");
    }
    return id;
  }

  private static ModelException notThere(JsonValue model, String key, String token) {
    String text = model.path() + "." + key + " is " + ModelException.quote(token);
    return new ModelException(model.file(), text + ", which is not in the vocabulary");
  }
}
