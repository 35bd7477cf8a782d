package io.headstream.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects float tensors and writes them as one safetensors file.
 *
 * <p>Values are written as they are given, NaN and infinity too, and narrowed to F16 and BF16 by
 * rounding to nearest, ties to even. For one thread.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private long dataBytes;

  /** A tensor that waits to be written: its place in the file, and its values piece by piece. */
  private record Tensor(TensorInfo info, List<float[]> pieces) {}

  /** A writer without tensors. */
  public SafetensorsWriter() {}

  /**
   * Adds a tensor behind those that were added before.
   *
   * @param name its name; no two tensors share one
   * @param type F32, F16 or BF16
   * @param shape its dimensions, the slowest first
   * @param pieces its values, row-major, in one array or several that follow each other; not
   *     copied, so they must stay as they are until the file is written
   * @return this
   * @throws IllegalArgumentException if there is such a tensor, the name or type cannot be written,
   *     or the pieces have not as many values as the shape says
   */
  public SafetensorsWriter add(String name, TensorType type, List<Long> shape, float[]... pieces) {
    if (name.equals("__metadata__") || tensors.containsKey(name)) {
      throw new IllegalArgumentException("tensor name " + name + " is taken");
    }
    if (!type.isFloat32Convertible()) {
      throw new IllegalArgumentException("dtype is " + type + ", expected F32, F16 or BF16");
    }
    long count = 0;
    for (float[] piece : pieces) {
      count += piece.length;
    }
    if (count != TensorInfo.elements(shape)) {
      throw new IllegalArgumentException(
          "tensor " + name + " has " + count + " values, shape is " + shape);
    }
    long end = dataBytes + count * (type.bits() / Byte.SIZE);
    tensors.put(
        name, new Tensor(new TensorInfo(name, type, shape, dataBytes, end), List.of(pieces)));
    dataBytes = end;
    return this;
  }

  /**
   * Writes the file, replacing one that is there.
   *
   * @param file where to
   * @throws IOException if it cannot be written; what is then there is no whole file
   */
  public void write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      byte[] header = header();
      // Spaces behind the header let the values begin at a multiple of eight bytes.
      int padding = -header.length & ALIGNMENT - 1;
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writeAll(channel, length.putLong(0, header.length + padding));
      writeAll(channel, ByteBuffer.wrap(header));
      writeAll(channel, ByteBuffer.wrap(" ".repeat(padding).getBytes(StandardCharsets.UTF_8)));
      byte[] buffer = new byte[FileRangeInputStream.MAX_PIECE];
      for (Tensor tensor : tensors.values()) {
        for (float[] piece : tensor.pieces()) {
          writeFloats(channel, tensor.info().type(), piece, buffer);
        }
      }
    }
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      for (Tensor tensor : tensors.values()) {
        TensorInfo info = tensor.info();
        json.writeObjectFieldStart(info.name());
        json.writeStringField("dtype", info.type().name());
        json.writeArrayFieldStart("shape");
        for (long dimension : info.shape()) {
          json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(info.begin());
        json.writeNumber(info.end());
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeFloats(
      FileChannel channel, TensorType type, float[] values, byte[] buffer) throws IOException {
    int elementBytes = type.bits() / Byte.SIZE;
    int done = 0;
    while (done < values.length) {
      int count = Math.min(buffer.length / elementBytes, values.length - done);
      FloatCoding.encode(type, values, done, count, buffer);
      writeAll(channel, ByteBuffer.wrap(buffer, 0, count * elementBytes));
      done += count;
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
