package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** Compares encodings. */
final class Same {
  private Same() {}

  static boolean encodings(Encoding a, Encoding b) {
    return Arrays.equals(a.ids(), b.ids()) && Arrays.equals(ranges(a), ranges(b));
  }

  private static int[] ranges(Encoding encoding) {
    int[] ranges = new int[2 * encoding.length()];
    for (int i = 0; i < encoding.length(); i++) {
      ranges[2 * i] = encoding.start(i);
      ranges[2 * i + 1] = encoding.end(i);
    }
    return ranges;
  }

  /** Says where two encodings of a text part. */
  static String difference(Encoding expected, Encoding found, String text, Tokenizer tokenizer) {
    int at = 0;
    int both = Math.min(expected.length(), found.length());
    while (at < both && show(expected, at, tokenizer).equals(show(found, at, tokenizer))) {
      at++;
    }
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .limit(2_000)
        .forEach(
            c -> escaped.append(c > 32 && c < 127 ? "" + (char) c : String.format("\\u%04x", c)));
    StringBuilder said = new StringBuilder("token " + at + " of " + escaped);
    for (int i = Math.max(0, at - 1); i < at + 4; i++) {
      said.append("\nexpected ").append(i < expected.length() ? show(expected, i, tokenizer) : "-");
      said.append(", found ").append(i < found.length() ? show(found, i, tokenizer) : "-");
    }
    return said.toString();
  }

  private static String show(Encoding encoding, int i, Tokenizer tokenizer) {
    return encoding.id(i)
        + (" " + tokenizer.token(encoding.id(i)))
        + (" [" + encoding.start(i) + ", " + encoding.end(i) + ")");
  }
}
