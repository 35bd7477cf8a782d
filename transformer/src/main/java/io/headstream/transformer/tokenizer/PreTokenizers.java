package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a tokenizer.json has as its pre-tokenizer. */
final class PreTokenizers {
  private PreTokenizers() {}

  static PreTokenizer read(JsonValue preTokenizer) throws ModelException {
    if (preTokenizer == null) {
      return words -> words;
    }
    JsonValue type = preTokenizer.get("type");
    return switch (type.asString()) {
      case "BertPreTokenizer" -> new BertPreTokenizer();
      case "ByteLevel" ->
          new ByteLevel(
              preTokenizer.findBoolean("add_prefix_space", true),
              preTokenizer.findBoolean("use_regex", true));
      case "Digits" -> new Digits(preTokenizer.findBoolean("individual_digits", false));
      case "Metaspace" -> metaspace(preTokenizer);
      case "Sequence" -> {
        List<PreTokenizer> parts = new ArrayList<>();
        for (JsonValue part : preTokenizer.get("pretokenizers").elements()) {
          parts.add(read(part));
        }
        yield PreTokenizer.sequence(parts);
      }
      case "Split" -> split(preTokenizer);
      default ->
          throw type.refusal(
              "a pre-tokenizer that is supported: BertPreTokenizer, ByteLevel, Digits, Metaspace,"
                  + " Sequence or Split");
    };
  }

  /** The patterns that are known take every character, so each behavior but two is the same. */
  private static PreTokenizer split(JsonValue split) throws ModelException {
    JsonValue regex = split.get("pattern").get("Regex");
    WordPattern pattern = WordPattern.of(regex.asString());
    if (pattern == null) {
      throw regex.refusal("the pattern of GPT-2, Llama 3 or Qwen2");
    }
    boolean invert = split.findBoolean("invert", false);
    JsonValue behavior = split.get("behavior");
    if (!behavior.asString().equals("Isolated")
        && !(invert && behavior.asString().equals("Removed"))) {
      throw behavior.refusal("\"Isolated\", or \"Removed\" with invert");
    }
    return new Split(pattern);
  }

  private static PreTokenizer metaspace(JsonValue metaspace) throws ModelException {
    return new Metaspace(
        replacement(metaspace), prefix(metaspace), metaspace.findBoolean("split", true));
  }

  /** The visible character of a Metaspace. */
  static int replacement(JsonValue metaspace) throws ModelException {
    return character(metaspace.get("replacement"));
  }

  /** A string of one character. */
  static int character(JsonValue value) throws ModelException {
    String string = value.asString();
    if (string.isEmpty() || string.codePointCount(0, string.length()) != 1) {
      throw value.refusal("one character");
    }
    return string.codePointAt(0);
  }

  /** Which words get a space. Files before 2024 have add_prefix_space for it. */
  static Metaspace.Prefix prefix(JsonValue metaspace) throws ModelException {
    boolean old = metaspace.findBoolean("add_prefix_space", true);
    JsonValue scheme = metaspace.find("prepend_scheme");
    if (scheme == null) {
      return old ? Metaspace.Prefix.ALWAYS : Metaspace.Prefix.NEVER;
    }
    Metaspace.Prefix prefix =
        switch (scheme.asString()) {
          case "always" -> Metaspace.Prefix.ALWAYS;
          case "first" -> Metaspace.Prefix.FIRST;
          case "never" -> Metaspace.Prefix.NEVER;
          default -> throw scheme.refusal("\"always\", \"first\" or \"never\"");
        };
    if (!old && prefix != Metaspace.Prefix.NEVER) {
      throw scheme.refusal("\"never\", because add_prefix_space is false");
    }
    return prefix;
  }
}
