package io.headstream.job.app.json;

/** Checks that a string can be written as UTF-8 and read back. */
public final class Utf16 {
  private Utf16() {}

  /** The index of the first surrogate without its partner, or -1. */
  public static int unpairedSurrogate(String text) {
    return unpairedSurrogate(text, 0);
  }

  private static int unpairedSurrogate(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (!pair) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /** The text with U+FFFD in place of each unpaired surrogate. */
  public static String repaired(String text) {
    int at = unpairedSurrogate(text, 0);
    if (at < 0) {
      return text;
    }
    StringBuilder repaired = new StringBuilder(text);
    for (; at >= 0; at = unpairedSurrogate(text, at + 1)) {
      repaired.setCharAt(at, '\uFFFD');
    }
    return repaired.toString();
  }
}
