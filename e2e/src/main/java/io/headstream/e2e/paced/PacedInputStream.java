package io.headstream.e2e.paced;

import java.io.IOException;
import org.apache.flink.core.fs.FSDataInputStream;

/** A stream that is read at a pace. */
final class PacedInputStream extends FSDataInputStream {
  private final FSDataInputStream stream;
  private final Pace pace;

  PacedInputStream(FSDataInputStream stream, Pace pace) {
    this.stream = stream;
    this.pace = pace;
  }

  @Override
  public int read() throws IOException {
    pace.pass(1);
    return stream.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return length == 0 ? 0 : stream.read(bytes, offset, pace.pass(length));
  }

  @Override
  public void seek(long position) throws IOException {
    stream.seek(position);
  }

  @Override
  public long getPos() throws IOException {
    return stream.getPos();
  }

  @Override
  public int available() throws IOException {
    return stream.available();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
