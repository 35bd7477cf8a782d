package io.headstream.job.app.source;

/**
 * Tells whether a line of UTF-8 is blank, byte by byte, so that no part of it has to be kept. Stops
 * looking at the first character that is not white space.
 */
final class BlankScan {
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private boolean blank;
  private boolean markAllowed;
  private int character;
  private int bytesMissing;

  BlankScan() {
    begin(false);
  }

  /**
   * Begins a line.
   *
   * @param markMayBeFirst whether a byte order mark at the beginning is no part of the line
   */
  void begin(boolean markMayBeFirst) {
    blank = true;
    markAllowed = markMayBeFirst;
    bytesMissing = 0;
  }

  /** Looks at the next bytes of the line. */
  void scan(byte[] bytes, int from, int to) {
    for (int i = from; blank && i < to; i++) {
      next(bytes[i]);
    }
  }

  /** Whether nothing but white space has come since the line began. */
  boolean blank() {
    return blank && bytesMissing == 0;
  }

  private void next(byte b) {
    if (bytesMissing > 0) {
      character = character << 6 | b & 0x3F;
      bytesMissing--;
      blank = (b & 0xC0) == 0x80 && (bytesMissing > 0 || skipped((char) character));
      markAllowed &= bytesMissing > 0;
    } else if (b >= 0) {
      blank = WhiteSpace.is((char) b);
      markAllowed = false;
    } else {
      // White space beyond ASCII and the mark have two bytes from C2 on, or three from E1 on.
      boolean two = b == (byte) 0xC2;
      blank = two || (b & 0xF0) == 0xE0 && b != (byte) 0xE0;
      character = two ? 0x02 : b & 0x0F;
      bytesMissing = two ? 1 : 2;
    }
  }

  private boolean skipped(char c) {
    return WhiteSpace.is(c) || markAllowed && c == BYTE_ORDER_MARK;
  }
}
