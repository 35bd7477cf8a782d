package io.headstream.attention.safetensors;

import static io.headstream.attention.safetensors.SafetensorsBytes.entry;
import static io.headstream.attention.safetensors.SafetensorsBytes.file;
import static io.headstream.attention.safetensors.SafetensorsBytes.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.RandomAccessFile;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reading costs is decided by the bytes that are there, not by what they claim. */
class SafetensorsMemoryTest {
  private static final long MIB = 1 << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      longs = {
        3,
        100_000_001,
        Integer.MAX_VALUE,
        1L << 32,
        1L << 60,
        Long.MAX_VALUE - 8,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -2,
        -1
      })
  void aHeaderLengthBeyondTheFileCostsNothing(long claimed) {
    byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
    Path file = write(folder, file(claimed, header, new byte[0]));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    String message = SafetensorsBytes.refusal(file, () -> SafetensorsFile.open(file).close());
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * MIB);
    assertThat(message)
        .endsWith(
            "the header length is " + Long.toUnsignedString(claimed) + " bytes, but only 2 follow");
  }

  @Test
  void aTensorLargerThanTheFileCostsNothing() {
    String header = "{" + entry("x", "F32", "[500000000]", 0, 2_000_000_000L) + "}";
    Path file = write(folder, file(header, new byte[4]));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThat(SafetensorsBytes.refusal(file, () -> SafetensorsFile.open(file).close()))
        .contains("tensor \"x\" ends at byte 2000000000");
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * MIB);
  }

  /** The file has as many bytes as its header claims, but almost all are holes. */
  @Test
  void aHeaderLongerThanTheFormatAllowsIsNotParsed() throws Exception {
    Path file = folder.resolve("w.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.writeLong(Long.reverseBytes(150_000_000L));
      sparse.write('{');
      sparse.setLength(200_000_000);
    }
    assertThat(SafetensorsBytes.refusal(file, () -> SafetensorsFile.open(file).close()))
        .endsWith("the header length is 150000000 bytes, expected at most 100000000");
  }

  @Test
  void readsInPiecesOfOneMebibyte() throws Exception {
    int count = 8 << 20;
    String header = "{" + entry("x", "F16", "[" + count + "]", 0, 2L * count) + "}";
    Path file = write(folder, file(header, new byte[2 * count]));
    List<Long> costs = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    // A thread of its own: the JDK keeps a thread's direct buffers until it ends.
    Thread reader =
        new Thread(
            () -> {
              try (SafetensorsFile opened = SafetensorsFile.open(file)) {
                long directBefore = directBytes();
                long heapBefore = THREADS.getCurrentThreadAllocatedBytes();
                opened.readFloats(opened.tensors().get("x"), 0, count);
                costs.add(THREADS.getCurrentThreadAllocatedBytes() - heapBefore);
                costs.add(directBytes() - directBefore);
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    reader.start();
    reader.join();
    assertThat(failures).isEmpty();
    assertThat(costs.get(0)).as("heap").isBetween(32 * MIB, 35 * MIB);
    assertThat(costs.get(1)).as("direct").isLessThan(2 * MIB);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
