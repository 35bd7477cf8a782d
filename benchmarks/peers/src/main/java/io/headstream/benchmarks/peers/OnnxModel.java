package io.headstream.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX model in the making: the messages of {@code onnx.proto} that a float graph with fixed
 * shapes needs, with their field numbers.
 */
final class OnnxModel {
  private static final int OPSET = 23;
  private static final int IR_VERSION = 10;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int ATTRIBUTE_INT = 2;

  /** A protobuf message: fields in the order in which they are written. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private void variable(long value) {
      long rest = value;
      for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
        bytes.write((int) (rest & 0x7F | 0x80));
      }
      bytes.write((int) rest);
    }

    Message number(int field, long value) {
      variable((long) field << 3);
      variable(value);
      return this;
    }

    Message block(int field, byte[] content) {
      variable((long) field << 3 | 2);
      variable(content.length);
      bytes.writeBytes(content);
      return this;
    }

    Message text(int field, String value) {
      return block(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return block(field, value.bytes.toByteArray());
    }
  }

  private final Message graph = new Message().text(2, "layer");

  /** An operator, with attributes that are whole numbers: name, value, name, value. */
  OnnxModel node(String domain, String op, String inputs, String outputs, Object... attributes) {
    Message node = new Message();
    for (String input : inputs.split(" ")) {
      node.text(1, input);
    }
    for (String output : outputs.split(" ")) {
      node.text(2, output);
    }
    node.text(3, op + " " + outputs).text(4, op);
    for (int n = 0; n < attributes.length; n += 2) {
      int value = (Integer) attributes[n + 1];
      node.message(
          5,
          new Message().text(1, (String) attributes[n]).number(3, value).number(20, ATTRIBUTE_INT));
    }
    graph.message(1, node.text(7, domain));
    return this;
  }

  OnnxModel weights(String name, float[] values, int... dims) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(name, FLOAT, raw.array(), dims);
  }

  OnnxModel numbers(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(name, INT64, raw.array(), values.length);
  }

  private OnnxModel constant(String name, int type, byte[] raw, int... dims) {
    Message tensor = new Message();
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    graph.message(5, tensor.number(2, type).text(8, name).block(9, raw));
    return this;
  }

  OnnxModel input(String name, int... dims) {
    graph.message(11, value(name, dims));
    return this;
  }

  OnnxModel output(String name, int... dims) {
    graph.message(12, value(name, dims));
    return this;
  }

  private static Message value(String name, int... dims) {
    Message shape = new Message();
    for (int dim : dims) {
      shape.message(1, new Message().number(1, dim));
    }
    Message tensor = new Message().number(1, FLOAT).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  byte[] bytes() {
    return new Message()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, OPSET))
        .message(8, new Message().text(1, "com.microsoft").number(2, 1))
        .bytes
        .toByteArray();
  }
}
