package io.headstream.safetensors;

import static io.headstream.safetensors.SafetensorsBytes.entry;
import static io.headstream.safetensors.SafetensorsBytes.file;
import static io.headstream.safetensors.SafetensorsBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.attention.weights.WeightsLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What reading costs is decided by the bytes that are there, not by what they claim. */
class SafetensorsMemoryTest {
  private static final long MIB = 1 << 20;

  /** What reading costs however small the file is: buffers, a refusal with its stack trace. */
  private static final long BASE = 128 * 1024;

  /** The most that a byte of a header may cost. */
  private static final long HEADER_FACTOR = 16;

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

  /**
   * Values cost their floats, at most twice their bytes in the file, and buffers of a fixed size.
   */
  @ParameterizedTest
  @ValueSource(ints = {4, 32, 64, 128, 512})
  void aLayerCostsTwiceItsFileAtMost(int modelDim) throws Exception {
    Path file = folder.resolve("w.safetensors");
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.BF16)) {
      for (WeightsLayout layout : WeightsLayout.values()) {
        AttentionParameters.xavierUniform(modelDim, 2, 2, 1).write(file, "", type, layout);
        Reading reading = () -> AttentionParameters.read(file, "", 2);
        assertThat(allocatedBy(reading))
            .as("%s, %s", type, layout)
            .isLessThanOrEqualTo(2 * Files.size(file) + BASE);
      }
    }
  }

  static Stream<Arguments> hostileHeaders() {
    String rest = ",\"data_offsets\":[0,0]}";
    return Stream.of(
        arguments(
            "zeros", "{\"x\":{\"dtype\":\"U8\",\"shape\":[" + "0,".repeat(400_000) + "0]" + rest),
        arguments(
            "numbers",
            "{\"x\":{\"dtype\":\"U8\",\"shape\":[" + "222,".repeat(200_000) + "0]" + rest),
        arguments("spaces", "{}" + " ".repeat(1_000_000)),
        arguments("a long name", "{\"" + "x".repeat(40_000) + "\":{}}"),
        arguments("a long type", "{\"x\":{\"dtype\":\"" + "x".repeat(1_000_000) + "\"}}"),
        arguments("control characters", "{\"x\":" + "h" + "\0".repeat(300)),
        arguments("control characters in a name", "{\"" + "\\u0000".repeat(200) + "\":3}"),
        arguments("nesting", "{\"x\":" + "[".repeat(1_000_000)),
        arguments(
            "metadata",
            IntStream.range(0, 100_000)
                .mapToObj(i -> "\"" + Integer.toString(i, 36) + "\":\"\"")
                .collect(Collectors.joining(",", "{\"__metadata__\":{", "}}"))),
        arguments(
            "tensors",
            IntStream.range(0, 20_000)
                .mapToObj(i -> entry(Integer.toString(i, 36), "U8", "[0]", 0, 0))
                .collect(Collectors.joining(",", "{", "}"))));
  }

  /** A header's names and numbers become objects; how many times its bytes they take is bounded. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileHeaders")
  void aHeaderCostsItsBytesAFewTimes(String name, String header) throws Exception {
    Path file = write(folder, file(header, new byte[0]));
    Reading reading = () -> AttentionParameters.read(file, "", 2);
    assertThat(allocatedBy(reading)).isLessThanOrEqualTo(HEADER_FACTOR * Files.size(file) + BASE);
  }

  private interface Reading {
    void read() throws IOException;
  }

  private static long allocatedBy(Reading reading) throws IOException {
    long allocated = Long.MAX_VALUE;
    // The first reading loads classes too.
    for (int attempt = 0; attempt < 2; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        reading.read();
      } catch (WeightsException e) {
        // A refusal costs too.
      }
      allocated = Math.min(allocated, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return allocated;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
