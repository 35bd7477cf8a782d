package io.headstream.job.app.embedded;

import io.headstream.job.app.options.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The end of a run's log file, which is opened when there is something to write. Everything that is
 * logged or printed in this JVM comes through here, so that here secrets can be taken out of it,
 * whoever says them.
 *
 * <p>Safe for use by any number of threads.
 */
final class RunLog extends OutputStream {
  /** Nobody logs longer lines; one that grows beyond this is cut. */
  private static final int LONGEST_LINE = 1 << 20;

  private final String name;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private Secrets secrets = Secrets.NONE;
  private OutputStream file; // null: not opened yet

  RunLog(String name) {
    this.name = name;
  }

  /**
   * From now on the secrets are hidden. A line then waits for its end, or a part of a secret could
   * get through, and the next part after it.
   */
  synchronized void hide(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    if (secrets.isEmpty()) {
      append(bytes, offset, length);
      return;
    }
    int begin = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, begin, i + 1 - begin);
        begin = i + 1;
        endLine();
      }
    }
    line.write(bytes, begin, offset + length - begin);
    if (line.size() > LONGEST_LINE) {
      endLine();
    }
  }

  private void endLine() throws IOException {
    byte[] hidden =
        secrets.hide(line.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    line.reset();
    append(hidden, 0, hidden.length);
  }

  private void append(byte[] bytes, int offset, int length) throws IOException {
    if (file == null) {
      file = new FileOutputStream(name, true);
    }
    file.write(bytes, offset, length);
  }
}
