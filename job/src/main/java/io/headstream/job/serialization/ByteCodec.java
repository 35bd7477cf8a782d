package io.headstream.job.serialization;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes and reads {@code byte[]}: the length as an int, then the bytes. Threads: safe. */
public final class ByteCodec {

  /** The most that is allocated because a length says so; a longer array grows as it arrives. */
  static final int TRUSTED_LENGTH = 4 << 20;

  private ByteCodec() {}

  /**
   * Writes the length and all bytes.
   *
   * @throws IOException when the target does
   */
  public static void write(byte[] bytes, DataOutputView target) throws IOException {
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote into a new array.
   *
   * @throws IOException when the length is negative, when the source ends early, or when it throws
   */
  public static byte[] read(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      throw new IOException("a byte array says that its length is " + length);
    }
    byte[] bytes = new byte[Math.min(length, TRUSTED_LENGTH)];
    source.readFully(bytes);
    while (bytes.length < length) {
      int read = bytes.length;
      bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
      source.readFully(bytes, read, bytes.length - read);
    }
    return bytes;
  }
}
