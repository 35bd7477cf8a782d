package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a tokenizer.json has as its normalizer. */
final class Normalizers {
  private Normalizers() {}

  static Normalizer read(JsonValue normalizer) throws ModelException {
    if (normalizer == null) {
      return text -> text;
    }
    JsonValue type = normalizer.get("type");
    return switch (type.asString()) {
      case "BertNormalizer" -> bert(normalizer);
      case "Lowercase" -> TextForms::lowercase;
      case "NFC" -> TextForms::compose;
      case "NFD" -> TextForms::decompose;
      case "Prepend" -> new Prepend(normalizer.get("prepend").asString());
      case "Replace" -> replace(normalizer);
      case "Sequence" -> {
        List<Normalizer> parts = new ArrayList<>();
        for (JsonValue part : normalizer.get("normalizers").elements()) {
          parts.add(read(part));
        }
        yield Normalizer.sequence(parts);
      }
      case "StripAccents" -> text -> TextForms.without(text, UnicodeTables.MARK);
      default ->
          throw type.refusal(
              "a normalizer that is supported: BertNormalizer, Lowercase, NFC, NFD, Prepend,"
                  + " Replace, Sequence or StripAccents");
    };
  }

  private static Normalizer bert(JsonValue normalizer) throws ModelException {
    boolean lowercase = normalizer.findBoolean("lowercase", true);
    return new BertNormalizer(
        normalizer.findBoolean("clean_text", true),
        normalizer.findBoolean("handle_chinese_chars", true),
        normalizer.findBoolean("strip_accents", lowercase),
        lowercase);
  }

  private static Normalizer replace(JsonValue normalizer) throws ModelException {
    String pattern = Normalizers.pattern(normalizer.get("pattern"));
    return new LiteralReplace(pattern, normalizer.get("content").asString());
  }

  /** The string that a pattern has to be, and not a regular expression. */
  static String pattern(JsonValue pattern) throws ModelException {
    JsonValue regex = pattern.find("Regex");
    if (regex != null) {
      throw regex.refusal("a pattern of the kind String, not Regex");
    }
    JsonValue string = pattern.get("String");
    if (string.asString().isEmpty()) {
      throw string.refusal("at least one character");
    }
    return string.asString();
  }
}
