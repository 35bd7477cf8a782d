package io.headstream.transformer.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** Decoders that change strings. */
final class StringDecoders {
  private StringDecoders() {}

  /** Fuse: all strings as one. */
  static List<String> fuse(List<String> tokens) {
    return List.of(String.join("", tokens));
  }

  /** Replace: one string in the place of another, in each token. */
  static Decoder replace(String pattern, String content) {
    return tokens -> tokens.stream().map(token -> token.replace(pattern, content)).toList();
  }

  /** Strip: a character off each token, at most so many times on its left and on its right. */
  static Decoder strip(int c, int left, int right) {
    return tokens -> tokens.stream().map(token -> strip(token, c, left, right)).toList();
  }

  private static String strip(String token, int c, int left, int right) {
    int width = Character.charCount(c);
    int from = 0;
    for (int i = 0; i < left && from < token.length() && token.codePointAt(from) == c; i++) {
      from += width;
    }
    int to = token.length();
    for (int i = 0; i < right && to > from && token.codePointBefore(to) == c; i++) {
      to -= width;
    }
    return token.substring(from, to);
  }

  /** Metaspace: a space for the visible character; none in the first token if it was added. */
  static Decoder metaspace(int c, boolean added) {
    String visible = Character.toString(c);
    return tokens -> {
      List<String> strings = new ArrayList<>(tokens.size());
      for (String token : tokens) {
        strings.add(token.replace(visible, strings.isEmpty() && added ? "" : " "));
      }
      return strings;
    };
  }
}
