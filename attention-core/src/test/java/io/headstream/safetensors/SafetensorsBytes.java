package io.headstream.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Files made byte by byte, without the writer, so that its bugs and the reader's cannot cancel. */
public final class SafetensorsBytes {
  private SafetensorsBytes() {}

  /** A header of the right length before some data. */
  public static byte[] file(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return file(text.length, text, data);
  }

  /** A header that claims any length. */
  public static byte[] file(long claimedLength, byte[] header, byte[] data) {
    return ByteBuffer.allocate(8 + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(claimedLength)
        .put(header)
        .put(data)
        .array();
  }

  /** One tensor's entry in a header. */
  public static String entry(String name, String type, String shape, long begin, long end) {
    return String.format(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name, type, shape, begin, end);
  }

  /** Float32 values as the format stores them. */
  public static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** Puts bytes into a file of that folder. */
  public static Path write(Path folder, byte[] bytes) {
    try {
      return Files.write(folder.resolve("w.safetensors"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The message of a refusal, which is one line and begins with the file. */
  public static String refusal(Path file, ThrowingCallable reading) {
    Throwable thrown = catchThrowable(reading);
    assertThat(thrown).isExactlyInstanceOf(WeightsException.class);
    checkMessage(file, thrown.getMessage());
    return thrown.getMessage();
  }

  /** Holds for every message of a refusal. */
  public static void checkMessage(Path file, String message) {
    assertThat(message).startsWith(file + ": ").doesNotContainPattern("\\R|\\p{Cntrl}");
  }
}
