package io.headstream.transformer.onnx;

import io.headstream.transformer.checkpoint.ModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A constant of the graph.
 *
 * @param type ONNX's number of the element type
 * @param shape dimensions, the slowest first
 * @param begin where the values begin in the file, little-endian
 * @param end where they end
 */
record OnnxTensor(String name, int type, List<Long> shape, int begin, int end) {
  static final int FLOAT = 1;
  static final int INT64 = 7;

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;

  /** Reads a {@code TensorProto}. */
  static OnnxTensor read(Path file, ProtobufReader fields) throws ModelException {
    String name = "";
    int type = 0;
    int begin = 0;
    int end = 0;
    List<Long> shape = new ArrayList<>();
    while (fields.hasNext()) {
      switch (fields.next()) {
        case DIMS -> addDimensions(fields, shape);
        case DATA_TYPE -> type = (int) fields.number();
        case NAME -> name = fields.text();
        case RAW_DATA -> {
          begin = fields.begin();
          end = fields.end();
        }
        default -> {
          // What is not here is found missing.
        }
      }
    }
    OnnxTensor tensor = new OnnxTensor(name, type, List.copyOf(shape), begin, end);
    if (type == FLOAT) {
      tensor.checkSize(file);
    }
    return tensor;
  }

  private static void addDimensions(ProtobufReader fields, List<Long> shape) throws ModelException {
    if (fields.isNumber()) {
      shape.add(fields.number());
    } else {
      ProtobufReader packed = fields.message();
      while (packed.hasNext()) {
        shape.add(packed.varint());
      }
    }
  }

  private void checkSize(Path file) throws ModelException {
    long elements = 1;
    for (long dimension : shape) {
      elements = dimension < 0 || dimension > Integer.MAX_VALUE ? -1 : elements * dimension;
      if (elements < 0 || elements > Integer.MAX_VALUE) {
        throw new ModelException(
            file,
            "tensor "
                + ModelException.quote(name)
                + " has the shape "
                + shape
                + ", expected fewer than 2^31 values");
      }
    }
    if (elements * Float.BYTES != end - begin) {
      throw new ModelException(
          file,
          "tensor %s has %d bytes of values, the shape %s needs %d"
              .formatted(ModelException.quote(name), end - begin, shape, elements * Float.BYTES));
    }
  }

  /** The values of a float tensor, row-major. */
  float[] floats(byte[] bytes) {
    float[] values = new float[(end - begin) / Float.BYTES];
    ByteBuffer.wrap(bytes, begin, end - begin)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }
}
