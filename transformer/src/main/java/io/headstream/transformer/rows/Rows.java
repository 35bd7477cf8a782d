package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;

/** Sums, multiples and lengths of rows. Safe for any number of threads. */
public final class Rows {
  /** What a length is raised to where it is less, as PyTorch's {@code normalize} does. */
  private static final double LEAST_LENGTH = 1e-12;

  private Rows() {}

  /**
   * {@code y = y + x}, such as a residual connection.
   *
   * @param x {@code count} floats from {@code xOffset} on
   * @param y {@code count} floats from {@code yOffset} on; may be x at the same offset
   * @throws IllegalArgumentException if an array is too short
   */
  public static void add(int count, float[] x, int xOffset, float[] y, int yOffset) {
    Checks.range("x", x, xOffset, count, 1);
    Checks.range("y", y, yOffset, count, 1);
    RowBackends.chosen().add(count, x, xOffset, y, yOffset);
  }

  /**
   * {@code x = x · factor}.
   *
   * @param x {@code count} floats from {@code offset} on
   * @throws IllegalArgumentException if the array is too short
   */
  public static void scale(int count, float factor, float[] x, int offset) {
    Checks.range("x", x, offset, count, 1);
    for (int i = 0; i < count; i++) {
      x[offset + i] *= factor;
    }
  }

  /**
   * Divides each row by its Euclidean length, in place; one shorter than {@code 1e-12} by that.
   *
   * @param x {@code [rows, width]} from {@code offset} on
   * @throws IllegalArgumentException if the array is too short
   */
  public static void normalizeL2(int rows, int width, float[] x, int offset) {
    Checks.range("x", x, offset, rows, width);
    for (int row = 0; row < rows; row++) {
      int from = offset + row * width;
      float squares = RowBackends.chosen().sumOfSquares(width, x, from);
      float length = (float) Math.max(Math.sqrt(squares), LEAST_LENGTH);
      for (int c = from; c < from + width; c++) {
        x[c] /= length;
      }
    }
  }
}
