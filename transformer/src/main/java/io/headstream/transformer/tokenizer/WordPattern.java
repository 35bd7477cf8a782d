package io.headstream.transformer.tokenizer;

import java.util.Map;

/**
 * The regular expressions by which byte-level BPE finds words, written out: one pass without a way
 * back, so that no text takes more than linear time. Every character is part of a word.
 *
 * <p>All have the alternatives: an English contraction, letters, numbers, other characters, white
 * space. They differ in what a word takes along.
 */
final class WordPattern {
  /** GPT-2, RoBERTa: what the ByteLevel pre-tokenizer means without a pattern of its own. */
  static final WordPattern GPT2 = new WordPattern(false, Integer.MAX_VALUE);

  private static final String LLAMA3_TEXT =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Map<String, WordPattern> KNOWN =
      Map.of(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          GPT2,
          LLAMA3_TEXT,
          new WordPattern(true, 3),
          LLAMA3_TEXT.replace("{1,3}", ""),
          new WordPattern(true, 1));

  // Since GPT-4: capital contractions, any mark before letters, line breaks with what ends a line.
  private final boolean later;
  private final int longestNumber;

  private WordPattern(boolean later, int longestNumber) {
    this.later = later;
    this.longestNumber = longestNumber;
  }

  /** The pattern that a regular expression stands for; null if it is none of the known ones. */
  static WordPattern of(String regex) {
    return KNOWN.get(regex);
  }

  /** Where the word that begins at an index ends. */
  int end(int[] chars, int at, int to) {
    int end = contraction(chars, at, to);
    if (end < 0) {
      end = letters(chars, at, to);
    }
    if (end < 0) {
      end = numbers(chars, at, to);
    }
    if (end < 0) {
      end = others(chars, at, to);
    }
    return end < 0 ? space(chars, at, to) : end;
  }

  private int contraction(int[] chars, int at, int to) {
    if (chars[at] != '\'' || at + 1 == to) {
      return -1;
    }
    int first = folded(chars[at + 1]);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return at + 2;
    }
    int second = at + 2 < to ? folded(chars[at + 2]) : -1;
    boolean two = (first == 'r' || first == 'v') && second == 'e' || first == 'l' && second == 'l';
    return two ? at + 3 : -1;
  }

  /** Case is ignored in the later patterns: the long s is an s then. */
  private int folded(int c) {
    if (!later) {
      return c;
    }
    return c == 0x17f ? 's' : c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  private int letters(int[] chars, int at, int to) {
    int from = at;
    int flags = UnicodeTables.flags(chars[at]);
    if ((flags & UnicodeTables.LETTER) == 0) {
      boolean along =
          later ? (flags & UnicodeTables.NUMBER) == 0 && !isBreak(chars[at]) : chars[at] == ' ';
      if (!along) {
        return -1;
      }
      from++;
    }
    int end = run(chars, from, to, UnicodeTables.LETTER, Integer.MAX_VALUE);
    return end > from ? end : -1;
  }

  private int numbers(int[] chars, int at, int to) {
    int from = !later && chars[at] == ' ' ? at + 1 : at;
    int end = run(chars, from, to, UnicodeTables.NUMBER, longestNumber);
    return end > from ? end : -1;
  }

  private int others(int[] chars, int at, int to) {
    int from = chars[at] == ' ' ? at + 1 : at;
    int end = from;
    int word = UnicodeTables.LETTER | UnicodeTables.NUMBER | UnicodeTables.SPACE;
    while (end < to && !UnicodeTables.is(chars[end], word)) {
      end++;
    }
    if (end == from) {
      return -1;
    }
    while (later && end < to && isBreak(chars[end])) {
      end++;
    }
    return end;
  }

  /** White space, but for its last character if a word follows, which takes it along. */
  private int space(int[] chars, int at, int to) {
    int end = run(chars, at, to, UnicodeTables.SPACE, Integer.MAX_VALUE);
    for (int i = end; later && i > at; i--) {
      if (isBreak(chars[i - 1])) {
        return i;
      }
    }
    return end == to || end == at + 1 ? end : end - 1;
  }

  private static int run(int[] chars, int from, int to, int property, int longest) {
    int end = from;
    while (end < to && end - from < longest && UnicodeTables.is(chars[end], property)) {
      end++;
    }
    return end;
  }

  private static boolean isBreak(int c) {
    return c == '\r' || c == '\n';
  }
}
