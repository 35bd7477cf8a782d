package io.headstream.e2e.paced;

import java.io.IOException;
import org.apache.flink.core.fs.FSDataOutputStream;

/** A stream that is written at a pace. */
final class PacedOutputStream extends FSDataOutputStream {
  private final FSDataOutputStream stream;
  private final Pace pace;

  PacedOutputStream(FSDataOutputStream stream, Pace pace) {
    this.stream = stream;
    this.pace = pace;
  }

  @Override
  public void write(int value) throws IOException {
    pace.pass(1);
    stream.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int written = 0; written < length; ) {
      int step = pace.pass(length - written);
      stream.write(bytes, offset + written, step);
      written += step;
    }
  }

  @Override
  public long getPos() throws IOException {
    return stream.getPos();
  }

  @Override
  public void flush() throws IOException {
    stream.flush();
  }

  @Override
  public void sync() throws IOException {
    stream.sync();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
