package io.headstream.safetensors;

import java.util.List;

/**
 * What a header says of one tensor, checked against itself and against the file.
 *
 * @param name the tensor's name
 * @param type the type of its elements
 * @param shape its dimensions, the slowest first; empty for a scalar
 * @param begin where its values begin, in bytes after the header
 * @param end where they end, in bytes after the header
 */
public record TensorInfo(String name, TensorType type, List<Long> shape, long begin, long end) {
  private static final int MOST_DIMENSIONS_SHOWN = 8;

  /**
   * Keeps the shape from being changed.
   *
   * @param name its name
   * @param type type of its elements
   * @param shape its dimensions, the slowest first
   * @param begin where its data begins, in bytes
   * @param end where its data ends, in bytes
   */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /**
   * How many elements the tensor has: the product of its dimensions.
   *
   * @return the count
   * @throws ArithmeticException if it is more than 2^63 - 1; never for a tensor of an open file
   */
  public long elements() {
    return elements(shape);
  }

  /** {@return the word tensor and its name in quotes, as messages call it} */
  public String label() {
    return label(name);
  }

  static String label(String name) {
    return "tensor " + WeightsException.quote(name);
  }

  /**
   * The product of dimensions.
   *
   * @throws ArithmeticException if it is more than 2^63 - 1
   */
  static long elements(List<Long> shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  /**
   * {@return the shape as messages show it: {@code [3, 4]}, or only how many dimensions if many}
   */
  public String shapeText() {
    return shape.size() <= MOST_DIMENSIONS_SHOWN
        ? shape.toString()
        : "of " + shape.size() + " dimensions";
  }
}
