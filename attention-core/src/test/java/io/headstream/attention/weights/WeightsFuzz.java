package io.headstream.attention.weights;

import com.sun.management.ThreadMXBean;
import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.TensorInfo;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a fuzzer calls with a file's bytes: they are read or refused by {@link WeightsException},
 * and cost no more memory than {@link #allowedBytes} says. Anything else is a finding.
 *
 * <p>Knows no fuzzer: profile {@code fuzz} gives it to one, {@link WeightsFuzzTest} runs it over
 * the seeds.
 */
public final class WeightsFuzz {
  static final int HEADS = 2;

  /**
   * What reading costs however small the file is: buffers, exceptions with their stack traces. More
   * for a fuzzer, whose instrumentation allocates in the reader's name.
   */
  static final int BASE_BYTES = Integer.getInteger("headstream.fuzz.base.bytes", 128 * 1024);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static Path file;

  private WeightsFuzz() {}

  /** Called once by the fuzzer; loads most classes, so that few inputs pay for it. */
  public static void fuzzerInitialize() throws Exception {
    file = Files.createTempFile("fuzz", ".safetensors");
    file.toFile().deleteOnExit();
    for (byte[] seed : WeightsFuzzSeeds.all()) {
      replace(seed);
      allocatedBy(WeightsFuzz::readLayer);
      allocatedBy(WeightsFuzz::readEveryTensor);
    }
  }

  /** Called by the fuzzer with each input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    replace(bytes);
    check("a layer", bytes, WeightsFuzz::readLayer);
    check("every tensor", bytes, WeightsFuzz::readEveryTensor);
  }

  /** Runs over the files of folders without a fuzzer, and so without its memory. */
  public static void main(String[] folders) throws Exception {
    fuzzerInitialize();
    int count = 0;
    for (String folder : folders) {
      try (DirectoryStream<Path> inputs = Files.newDirectoryStream(Path.of(folder))) {
        for (Path input : inputs) {
          try {
            fuzzerTestOneInput(Files.readAllBytes(input));
          } catch (Throwable e) {
            throw new AssertionError(input.toString(), e);
          }
          count++;
        }
      }
    }
    System.out.printf("%d files were read or refused within the memory allowed%n", count);
  }

  /** Twice the file's size and the base. */
  static long allowedBytes(long fileBytes) {
    return 2 * fileBytes + BASE_BYTES;
  }

  private static void check(String what, byte[] bytes, Reading reading) throws IOException {
    long allowed = allowedBytes(bytes.length);
    if (allocatedBy(reading) <= allowed) {
      return;
    }
    // The first reading of its kind loads classes too.
    long allocated = allocatedBy(reading);
    if (allocated > allowed) {
      throw new AssertionError(
          "reading %s of %d bytes allocated %d bytes, expected at most %d"
              .formatted(what, bytes.length, allocated, allowed));
    }
  }

  interface Reading {
    void read(Path file) throws IOException;
  }

  /** The bytes that a reading allocates, whether it ends with weights or a refusal. */
  static long allocatedBy(Reading reading) throws IOException {
    String refusal = null;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reading.read(file);
    } catch (WeightsException e) {
      refusal = e.getMessage();
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (refusal != null) {
      checkOneLine(refusal);
    }
    return allocated;
  }

  private static void readLayer(Path file) throws IOException {
    AttentionParameters.read(file, "", HEADS);
  }

  private static void readEveryTensor(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      for (TensorInfo tensor : opened.tensors().values()) {
        if (tensor.type().isFloat32Convertible()) {
          opened.readFloats(tensor, 0, Math.toIntExact(tensor.elements()));
        }
      }
    }
  }

  private static void checkOneLine(String message) {
    boolean broken =
        message.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
    if (broken || !message.startsWith(file + ": ")) {
      throw new AssertionError("not one line that begins with the file: " + message);
    }
  }

  /** Overwrites instead of emptying first: some file systems then wait for the disk each time. */
  private static void replace(byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.truncate(bytes.length);
    }
  }
}
