package io.headstream.job.serialization;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes and reads {@code float[]} in bulk: the length as an int, then the floats in little-endian
 * order, bit for bit, so that even the payload of a NaN survives.
 *
 * <p>Threads: safe. Each thread has a scratch buffer of 64 KiB of its own, so that serializers need
 * no state and may be shared.
 */
public final class FloatCodec {

  /** The scratch buffer in floats: small enough to stay in the second-level cache. */
  static final int PIECE = 16 * 1024;

  /**
   * The most that is allocated because a length says so, in floats. A longer array grows as its
   * floats arrive, so that a damaged length costs an exception and not the heap.
   */
  static final int TRUSTED_LENGTH = 1 << 20;

  // A plain JDK object: a class of ours in here would keep a job's class loader alive in the
  // threads that Flink pools.
  private static final ThreadLocal<ByteBuffer> SCRATCH =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocate(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN));

  private FloatCodec() {}

  /**
   * Writes the length and all floats.
   *
   * @throws IOException when the target does
   */
  public static void write(float[] values, DataOutputView target) throws IOException {
    target.writeInt(values.length);
    ByteBuffer scratch = SCRATCH.get();
    for (int from = 0; from < values.length; from += PIECE) {
      int count = Math.min(PIECE, values.length - from);
      scratch.asFloatBuffer().put(values, from, count);
      target.write(scratch.array(), 0, count * Float.BYTES);
    }
  }

  /**
   * Reads what {@link #write} wrote into a new array.
   *
   * @throws IOException when the length is negative, when the source ends early, or when it throws
   */
  public static float[] read(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      throw new IOException("a float array says that its length is " + length);
    }
    float[] values = new float[Math.min(length, TRUSTED_LENGTH)];
    ByteBuffer scratch = SCRATCH.get();
    for (int from = 0; from < length; ) {
      if (from == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(length, 2L * values.length));
      }
      int count = Math.min(PIECE, values.length - from);
      source.readFully(scratch.array(), 0, count * Float.BYTES);
      scratch.asFloatBuffer().get(values, from, count);
      from += count;
    }
    return values;
  }
}
