package io.headstream.transformer.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * What the tokenizers know of a character. It comes from a table of our own, not from {@link
 * Character}: models were trained with one version of Unicode, and each JDK has another.
 *
 * <p>The table (unicode.txt) has a line a property, numbers in base 36. A set of characters is
 * {@code gap count gap count ...}; a mapping and its format are described where they are read.
 */
final class UnicodeTables {
  static final int LETTER = 1;
  static final int NUMBER = 2;
  static final int PUNCTUATION = 4;
  static final int SPACE = 8;
  static final int CONTROL = 16;
  static final int NONSPACING = 32;
  static final int MARK = 64;
  static final int WORD = 128;

  private static final int HANGUL = 0xac00;
  private static final int HANGUL_COUNT = 11172;
  private static final int PAGES = 0x110000 >> 8;
  private static final int[] ITSELF = {};

  private static final byte[][] FLAGS = new byte[PAGES][];
  private static final byte[][] ORDERS = new byte[PAGES][];
  private static final Map<Integer, int[]> LOWER = new HashMap<>();
  private static final Map<Integer, int[]> DECOMPOSED = new HashMap<>();
  private static final Map<Long, Integer> COMPOSED = new HashMap<>();

  static {
    read();
  }

  private UnicodeTables() {}

  /** All that is said of a character, as a sum of the constants above. */
  static int flags(int c) {
    byte[] page = FLAGS[c >> 8];
    return page == null ? 0 : page[c & 0xff] & 0xff;
  }

  /** Whether a character has any of the properties. */
  static boolean is(int c, int properties) {
    return (flags(c) & properties) != 0;
  }

  /** The canonical combining class, as a rank among all of them; 0 is a starter. */
  static int order(int c) {
    byte[] page = ORDERS[c >> 8];
    return page == null ? 0 : page[c & 0xff];
  }

  /** The lower case of a character: one or more; empty if it is the character itself. */
  static int[] lower(int c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? LOWER.get(c) : ITSELF;
    }
    return LOWER.getOrDefault(c, ITSELF);
  }

  /** The full canonical decomposition of a character; empty if it is the character itself. */
  static int[] decomposed(int c) {
    if (c < 0xc0) {
      return ITSELF;
    }
    int syllable = c - HANGUL;
    if (syllable >= 0 && syllable < HANGUL_COUNT) {
      int lead = 0x1100 + syllable / 588;
      int vowel = 0x1161 + syllable % 588 / 28;
      int tail = 0x11a7 + syllable % 28;
      return tail == 0x11a7 ? new int[] {lead, vowel} : new int[] {lead, vowel, tail};
    }
    return DECOMPOSED.getOrDefault(c, ITSELF);
  }

  /** The one character that two are canonically equal to; -1 if there is none. */
  static int composed(int a, int b) {
    if (a >= 0x1100 && a < 0x1113 && b >= 0x1161 && b < 0x1176) {
      return HANGUL + ((a - 0x1100) * 21 + b - 0x1161) * 28;
    }
    int syllable = a - HANGUL;
    if (syllable >= 0
        && syllable < HANGUL_COUNT
        && syllable % 28 == 0
        && b > 0x11a7
        && b < 0x11c3) {
      return a + b - 0x11a7;
    }
    return COMPOSED.getOrDefault((long) a << 32 | b, -1);
  }

  private static void read() {
    try (InputStream stream = UnicodeTables.class.getResourceAsStream("unicode.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        StringTokenizer words = new StringTokenizer(line, " ");
        String name = words.nextToken();
        switch (name) {
          case "letter" -> readSet(words, LETTER);
          case "number" -> readSet(words, NUMBER);
          case "punctuation" -> readSet(words, PUNCTUATION);
          case "space" -> readSet(words, SPACE);
          case "control" -> readSet(words, CONTROL);
          case "nonspacing" -> readSet(words, NONSPACING);
          case "mark" -> readSet(words, MARK);
          case "word" -> readSet(words, WORD);
          case "order" -> readOrders(words);
          case "lower" -> readLower(words);
          case "decomposed" -> readDecomposed(words);
          case "composed" -> readComposed(words);
          default -> throw new IllegalStateException("unicode.txt has " + name);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readSet(StringTokenizer words, int property) {
    for (int c = 0; words.hasMoreTokens(); ) {
      c += number(words);
      for (int end = c + number(words); c < end; c++) {
        byte[] page = page(FLAGS, c);
        page[c & 0xff] |= (byte) property;
      }
    }
  }

  /** {@code gap count rank}, again and again. */
  private static void readOrders(StringTokenizer words) {
    for (int c = 0; words.hasMoreTokens(); ) {
      c += number(words);
      int end = c + number(words);
      byte rank = (byte) number(words);
      for (; c < end; c++) {
        page(ORDERS, c)[c & 0xff] = rank;
      }
    }
  }

  /** {@code gap count step distance}: count characters, a step apart, each with one lower case. */
  private static void readLower(StringTokenizer words) {
    for (int c = 0; words.hasMoreTokens(); ) {
      c += number(words);
      int count = number(words);
      int step = number(words);
      int distance = number(words);
      for (int i = 0; i < count; i++, c += step) {
        LOWER.put(c, new int[] {c + distance});
      }
    }
    // The one character whose lower case is two: capital i with a dot.
    LOWER.put(0x130, new int[] {'i', 0x307});
  }

  /** {@code gap count character ...}. */
  private static void readDecomposed(StringTokenizer words) {
    for (int c = 0; words.hasMoreTokens(); ) {
      c += number(words);
      int[] parts = new int[number(words)];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = number(words);
      }
      DECOMPOSED.put(c, parts);
    }
  }

  /** {@code gap first second}. */
  private static void readComposed(StringTokenizer words) {
    for (int c = 0; words.hasMoreTokens(); ) {
      c += number(words);
      long first = number(words);
      COMPOSED.put(first << 32 | number(words), c);
    }
  }

  private static byte[] page(byte[][] pages, int c) {
    byte[] page = pages[c >> 8];
    if (page == null) {
      page = new byte[256];
      pages[c >> 8] = page;
    }
    return page;
  }

  private static int number(StringTokenizer words) {
    return Integer.parseInt(words.nextToken(), 36);
  }
}
