package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/**
 * The alphabet of byte-level BPE: a letter for each byte. Printable characters of Latin-1 stand for
 * themselves, the other bytes, in their order, for the letters from U+0100 on.
 */
final class ByteLetters {
  /** The letter of the byte of a space. */
  static final char SPACE = 0x120;

  private static final char[] LETTERS = new char[256];
  private static final short[] BYTES = new short[0x144];

  static {
    Arrays.fill(BYTES, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = b > 0x20 && b < 0x7f || b > 0xa0 && b != 0xad;
      LETTERS[b] = printable ? (char) b : next++;
      BYTES[LETTERS[b]] = (short) b;
    }
  }

  private ByteLetters() {}

  /** The letter of a byte from 0 to 255. */
  static char letter(int b) {
    return LETTERS[b];
  }

  /** The byte of a letter; -1 if it is of another alphabet. */
  static int byteOf(int letter) {
    return letter < BYTES.length ? BYTES[letter] : -1;
  }
}
