package io.headstream.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The bytes of a file from one position to another, read in pieces of at most {@link #MAX_PIECE}.
 *
 * <p>The pieces are small because a channel copies through a direct buffer as large as what is
 * asked for, and keeps it: reading a file whole runs out of direct memory.
 */
final class FileRangeInputStream extends InputStream {
  /** The most bytes that are read at once. */
  static final int MAX_PIECE = 1 << 20;

  private final FileChannel channel;
  private final long end;
  private long position;

  /**
   * A stream over {@code [begin, end)} of the file; closing it does not close the channel. It ends
   * early where the file does.
   */
  FileRangeInputStream(FileChannel channel, long begin, long end) {
    this.channel = channel;
    this.position = begin;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int piece = (int) Math.min(Math.min(length, MAX_PIECE), end - position);
    int count = channel.read(ByteBuffer.wrap(target, offset, piece), position);
    if (count > 0) {
      position += count;
    }
    return count;
  }
}
