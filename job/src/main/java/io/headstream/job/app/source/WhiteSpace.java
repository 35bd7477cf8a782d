package io.headstream.job.app.source;

import java.util.ArrayList;
import java.util.List;

/**
 * Unicode's White_Space property. Not {@link Character#isWhitespace}, which leaves out the no-break
 * spaces and puts in four separators that Unicode does not count.
 */
final class WhiteSpace {
  private WhiteSpace() {}

  /** Whether a character is white space; all of them lie in the basic plane. */
  static boolean is(char c) {
    if (c < 0x80) {
      return c == ' ' || c >= '\t' && c <= '\r';
    }
    return switch (c) {
      case 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
      default -> c >= 0x2000 && c <= 0x200A;
    };
  }

  /** What is between white space, in order. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean space = i == text.length() || is(text.charAt(i));
      if (space && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      } else if (!space && start < 0) {
        start = i;
      }
    }
    return words;
  }
}
