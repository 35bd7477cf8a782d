package io.headstream.transformer.tokenizer;

/** UTF-8, character by character. */
final class Utf8 {
  private Utf8() {}

  /** How many bytes a character has. */
  static int length(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  /** One of the bytes of a character that has so many. */
  static int byteAt(int c, int index, int length) {
    if (length == 1) {
      return c;
    }
    int bits = c >> 6 * (length - 1 - index);
    return index == 0 ? 0xf00 >> length & 0xff | bits : 0x80 | bits & 0x3f;
  }

  /**
   * The text of bytes, with one U+FFFD for each longest run of bytes that begins a character and
   * does not end it, and for each byte that begins none: what Unicode recommends (section 3.9),
   * whatever a JDK does.
   */
  static String decode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    for (int at = 0; at < bytes.length; ) {
      int lead = bytes[at++] & 0xff;
      int more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
      if (more <= 0 || lead > 0xf4) {
        text.append(more == 0 ? (char) lead : '\ufffd');
        continue;
      }
      int c = lead & 0x3f >> more;
      // The second byte of some leads is bounded, lest a character be overlong or none.
      int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      for (; more > 0 && at < bytes.length; more--, at++) {
        int next = bytes[at] & 0xff;
        if (next < least || next > most) {
          break;
        }
        c = c << 6 | next & 0x3f;
        least = 0x80;
        most = 0xbf;
      }
      text.appendCodePoint(more == 0 ? c : 0xfffd);
    }
    return text.toString();
  }
}
