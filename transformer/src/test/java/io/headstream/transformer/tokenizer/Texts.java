package io.headstream.transformer.tokenizer;

import java.util.Random;

/** Texts of all planes of Unicode, the same ones from the same seed. */
final class Texts {
  private static final String[] WORDS = {
    "the",
    "attention",
    "streams",
    "running",
    "Don't",
    "I'LL",
    "it's",
    "we've",
    "'S",
    "'\u017f",
    "they're",
    "N'T",
    "can't",
    "do not",
    "caf\u00e9",
    "cafe\u0301",
    "\u0130stanbul",
    "Stra\u00dfe",
    "\u1e9e",
    "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
    "\ufb01ne",
    "1234567",
    "3.14",
    "x=1;",
    "\u0661\u0662\u0663",
    "\u00bd",
    "\u2167",
    "\u4e2d\u6587",
    "\u65e5\u672c\u8a9e",
    "\ud55c\uad6d",
    "\u1112\u1161\u11ab",
    "\u0939\u093f\u0928\u094d\u0926\u0940",
    "\u0e44\u0e17\u0e22",
    "\ud83d\ude00",
    "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
    "\ud83c\uddea\ud83c\uddfa",
    "\ud840\udc00",
    "[MASK]",
    "[SEP]",
    "<mask>",
    "<s>",
    "</s>",
    "<|endoftext|>",
    "<|eot|>",
    "<unk>",
    "<0x0A>",
    "newword",
    "Kelvin\u212a",
    "##ing",
    "\u2581",
    "...",
    "!!?",
    "--",
    "\u3002"
  };
  private static final String[] SPACES = {
    " ", " ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\t", " \n ", "\u00a0", "\u2003",
    "\u3000", "\u0085", "\u2028", "\u200b", "\ufeff", "\u000b", "\u180e", "", ""
  };

  private final Random random;

  Texts(long seed) {
    random = new Random(seed);
  }

  /** The next text: empty to some 60 words. */
  String next() {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(random.nextInt(4) == 0 ? 60 : 12);
    for (int i = 0; i < parts; i++) {
      part(text);
      if (random.nextInt(4) > 0) {
        text.append(SPACES[random.nextInt(SPACES.length)]);
      }
    }
    return text.toString();
  }

  private void part(StringBuilder text) {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> text.append(WORDS[random.nextInt(WORDS.length)]);
      case 3, 4 -> letters(text, 'a', 26, 1 + random.nextInt(10));
      case 5 -> letters(text, 'A', 58, 1 + random.nextInt(6));
      case 6 -> letters(text, 0x20, 0x60, 1 + random.nextInt(8));
      case 7 -> {
        int block = random.nextInt(0x300) << 4;
        letters(text, block, 48, 1 + random.nextInt(6));
      }
      case 8 -> {
        // A letter and marks in any order.
        letters(text, 0xc0, 0x180, 1);
        letters(text, 0x300, 0x70, 1 + random.nextInt(4));
        if (random.nextInt(4) == 0) {
          letters(text, 0x590, 0x100, 3);
        }
      }
      default -> {
        int plane = random.nextInt(3) > 0 ? random.nextInt(3) : random.nextInt(17);
        letters(text, plane << 16, 0x10000, 1 + random.nextInt(4));
      }
    }
  }

  private void letters(StringBuilder text, int from, int range, int count) {
    for (int i = 0; i < count; i++) {
      int c = from + random.nextInt(range);
      text.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 'x' : c);
    }
  }
}
