package io.headstream.transformer.tokenizer;

import java.util.List;

/** Makes text of tokens. */
interface Decoder {
  /** Strings that make the text when they are put together. */
  List<String> decode(List<String> tokens);

  /** One decoder after another. */
  static Decoder sequence(List<Decoder> parts) {
    List<Decoder> all = List.copyOf(parts);
    return tokens -> {
      List<String> strings = tokens;
      for (Decoder part : all) {
        strings = part.decode(strings);
      }
      return strings;
    };
  }
}
