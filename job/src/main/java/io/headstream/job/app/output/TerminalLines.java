package io.headstream.job.app.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines of JSON in UTF-8 that a terminal may show: the controls U+0080 to U+009F, which JSON lets
 * stand and some terminals obey, are escaped.
 */
final class TerminalLines extends ByteArrayOutputStream {
  private static final byte LEAD = (byte) 0xC2; // of U+0080 to U+00BF
  private static final int CONTROLS_END = 0xA0;

  private int escaped; // up to here there is none left

  /**
   * Escapes the controls in what was written since the last call. In JSON they are within strings,
   * where an escape means the same.
   */
  void escapeControls() {
    for (int i = escaped; i + 1 < count; i++) {
      if (isControl(buf, i)) {
        byte[] rest = Arrays.copyOfRange(buf, i, count);
        count = i;
        writeEscaped(rest);
        break;
      }
    }
    escaped = count;
  }

  private void writeEscaped(byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (isControl(text, i)) {
        i++;
        String escape = "\\u%04x".formatted(Byte.toUnsignedInt(text[i]));
        writeBytes(escape.getBytes(StandardCharsets.US_ASCII));
      } else {
        write(text[i]);
      }
    }
  }

  private static boolean isControl(byte[] text, int i) {
    return text[i] == LEAD && Byte.toUnsignedInt(text[i + 1]) < CONTROLS_END;
  }

  @Override
  public synchronized void reset() {
    super.reset();
    escaped = 0;
  }
}
