package io.headstream.benchmarks.job;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Numbers that all processes of a measurement see and change: a file that each of them has mapped
 * into its memory, so that noting a sequence costs the same whether Flink is in this JVM or in
 * several. {@link System#nanoTime()} is one clock for all processes of a machine.
 */
final class Board {
  private static final String PROPERTY = "headstream.board";
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private Board() {}

  /** Makes the board of this JVM and of those that it starts; before anybody looks at it. */
  static void create() throws IOException {
    Path file = Files.createTempFile("board", ".bin");
    file.toFile().deleteOnExit();
    System.setProperty(PROPERTY, file.toString());
  }

  /** The flag that a process is started with that is to see the board. */
  static String flag() {
    return "-D" + PROPERTY + "=" + System.getProperty(PROPERTY);
  }

  static long get(int index) {
    return (long) LONGS.getVolatile(Mapped.BUFFER, index * Long.BYTES);
  }

  static void set(int index, long value) {
    LONGS.setVolatile(Mapped.BUFFER, index * Long.BYTES, value);
  }

  /** Adds and gives what was there before. */
  static long add(int index, long value) {
    return (long) LONGS.getAndAdd(Mapped.BUFFER, index * Long.BYTES, value);
  }

  /** Sets what is there if it is as expected. */
  static boolean replace(int index, long expected, long value) {
    return LONGS.compareAndSet(Mapped.BUFFER, index * Long.BYTES, expected, value);
  }

  /** Mapped when somebody looks at it first. */
  private static final class Mapped {
    static final ByteBuffer BUFFER = map();

    private static ByteBuffer map() {
      try (RandomAccessFile file = new RandomAccessFile(System.getProperty(PROPERTY), "rw")) {
        return file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, Meter.LONGS * Long.BYTES);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
