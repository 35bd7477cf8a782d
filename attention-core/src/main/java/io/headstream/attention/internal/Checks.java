package io.headstream.attention.internal;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The checks at the library's edge, whose errors name the values. */
public final class Checks {
  private Checks() {}

  public static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d, must be at least 1".formatted(name, value));
    }
  }

  public static int notNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s is %d, must not be negative".formatted(name, value));
    }
    return value;
  }

  public static void divides(String divisorName, int divisor, String name, int value) {
    if (value % divisor != 0) {
      throw new IllegalArgumentException(
          "%s %d does not divide %s %d".formatted(divisorName, divisor, name, value));
    }
  }

  /** The number of floats of a shape. Each rank has its own form, which allocates nothing. */
  public static int size(String name, int a, int b) {
    return size(name, a, b, 1, 1, 2);
  }

  /** The number of floats of a shape of rank 3. */
  public static int size(String name, int a, int b, int c) {
    return size(name, a, b, c, 1, 3);
  }

  /** The number of floats of a shape of rank 4. */
  public static int size(String name, int a, int b, int c, int d) {
    return size(name, a, b, c, d, 4);
  }

  private static int size(String name, int a, int b, int c, int d, int rank) {
    if (a < 0 || b < 0 || c < 0 || d < 0) {
      throw new IllegalArgumentException(
          "%s has the shape %s, no size may be negative".formatted(name, text(rank, a, b, c, d)));
    }
    long first = (long) a * b;
    long second = (long) c * d;
    if (first != 0 && second != 0 && first > Integer.MAX_VALUE / second) {
      throw new IllegalArgumentException(
          "%s has the shape %s, more than an array can hold"
              .formatted(name, text(rank, a, b, c, d)));
    }
    return (int) (first * second);
  }

  /** That {@code [a, b]} floats lie in the array from the offset on. */
  public static void range(String name, float[] array, int offset, int a, int b) {
    range(name, array, offset, a, b, 1, 1, 2);
  }

  /** That {@code [a, b, c]} floats lie in the array from the offset on. */
  public static void range(String name, float[] array, int offset, int a, int b, int c) {
    range(name, array, offset, a, b, c, 1, 3);
  }

  /** That {@code [a, b, c, d]} floats lie in the array from the offset on. */
  public static void range(String name, float[] array, int offset, int a, int b, int c, int d) {
    range(name, array, offset, a, b, c, d, 4);
  }

  /** That rows of some width, a fixed distance apart, lie in the array from the offset on. */
  public static void rows(String name, float[] array, int offset, int rows, int width, int stride) {
    if (stride < width) {
      throw new IllegalArgumentException(
          "%s has rows of %d floats, %d apart".formatted(name, width, stride));
    }
    size(name, rows, stride);
    long end = rows == 0 ? offset : offset + (long) (rows - 1) * stride + width;
    if (offset < 0 || end > array.length) {
      throw new IllegalArgumentException(
          "%s has %d floats, %d rows of %d, %d apart, from offset %d on need %d"
              .formatted(name, array.length, rows, width, stride, offset, end));
    }
  }

  private static void range(
      String name, float[] array, int offset, int a, int b, int c, int d, int rank) {
    int size = size(name, a, b, c, d, rank);
    if (offset < 0 || offset > array.length - size) {
      throw new IllegalArgumentException(
          "%s has %d floats, %s from offset %d on needs %d"
              .formatted(name, array.length, text(rank, a, b, c, d), offset, (long) offset + size));
    }
  }

  private static String text(int rank, int... shape) {
    return Arrays.stream(shape)
        .limit(rank)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
