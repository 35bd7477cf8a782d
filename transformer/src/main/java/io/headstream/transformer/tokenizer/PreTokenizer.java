package io.headstream.transformer.tokenizer;

import java.util.List;

/** Splits words into smaller ones, and may change their characters. */
interface PreTokenizer {
  /** The smaller words. */
  Words split(Words words);

  /** One pre-tokenizer after another. */
  static PreTokenizer sequence(List<PreTokenizer> parts) {
    List<PreTokenizer> all = List.copyOf(parts);
    return words -> {
      Words smaller = words;
      for (PreTokenizer part : all) {
        smaller = part.split(smaller);
      }
      return smaller;
    };
  }
}
