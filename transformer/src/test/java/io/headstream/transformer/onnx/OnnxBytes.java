package io.headstream.transformer.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes protobuf fields: small ONNX files for the tests. */
final class OnnxBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** The file of a graph. */
  static byte[] model(OnnxBytes graph) {
    return new OnnxBytes().number(1, 6).text(2, "test").message(7, graph).bytes();
  }

  /** A node of a graph. */
  OnnxBytes node(String operator, String name, String... inputs) {
    OnnxBytes node = new OnnxBytes();
    for (String input : inputs) {
      node.text(1, input);
    }
    return message(1, node.text(2, name + "_output_0").text(3, name).text(4, operator));
  }

  /** A float constant of a graph. */
  OnnxBytes tensor(String name, long[] shape, float... values) {
    OnnxBytes tensor = new OnnxBytes();
    for (long dimension : shape) {
      tensor.number(1, dimension);
    }
    return message(5, tensor.number(2, 1).text(8, name).bytes(9, littleEndian(values)));
  }

  static byte[] littleEndian(float... values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      raw.putFloat(value);
    }
    return raw.array();
  }

  OnnxBytes number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  OnnxBytes text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  OnnxBytes message(int field, OnnxBytes message) {
    return bytes(field, message.bytes());
  }

  OnnxBytes bytes(int field, byte[] bytes) {
    varint((long) field << 3 | 2);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
