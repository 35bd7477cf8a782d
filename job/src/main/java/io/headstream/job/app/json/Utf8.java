package io.headstream.job.app.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks that bytes are UTF-8 as RFC 3629 has it: no overlong form, no surrogate, no rest. */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** How many bytes from the beginning on are whole characters; all of them when it is UTF-8. */
  public static int validBytes(byte[] bytes) {
    int i = 0;
    while (i < bytes.length) {
      if (i + 8 <= bytes.length && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
        i += 8;
        continue;
      }
      int length = characterBytes(bytes[i]);
      if (length == 0 || i + length > bytes.length || !continues(bytes, i, i + length)) {
        return i;
      }
      i += length;
    }
    return i;
  }

  /** Whether nothing but the first bytes of one character begins at an index. */
  static boolean endsInsideCharacter(byte[] bytes, int at) {
    return at < bytes.length
        && at + characterBytes(bytes[at]) > bytes.length
        && continues(bytes, at, bytes.length);
  }

  /** The length of a character by its first byte, or 0 when none begins with it. */
  private static int characterBytes(byte first) {
    int b = first & 0xFF;
    if (b < 0x80) {
      return 1;
    }
    if (b < 0xC2) {
      return 0;
    }
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
  }

  /** Whether the bytes after the first one may follow it. */
  private static boolean continues(byte[] bytes, int at, int end) {
    for (int i = at + 1; i < end; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        return false;
      }
    }
    if (end - at < 2) {
      return true;
    }
    // Overlong forms, surrogates and code points beyond U+10FFFF show in the second byte.
    int second = bytes[at + 1] & 0xFF;
    return switch (bytes[at] & 0xFF) {
      case 0xE0 -> second >= 0xA0;
      case 0xED -> second < 0xA0;
      case 0xF0 -> second >= 0x90;
      case 0xF4 -> second < 0x90;
      default -> true;
    };
  }
}
