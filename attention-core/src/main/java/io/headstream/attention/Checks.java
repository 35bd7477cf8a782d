package io.headstream.attention;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The checks at the library's edge, whose errors name the values. */
final class Checks {
  private Checks() {}

  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s is %d, must be at least 1".formatted(name, value));
    }
  }

  static void divides(String divisorName, int divisor, String name, int value) {
    if (value % divisor != 0) {
      throw new IllegalArgumentException(
          "%s %d does not divide %s %d".formatted(divisorName, divisor, name, value));
    }
  }

  /** The number of floats of a shape. */
  static int size(String name, int... shape) {
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "%s has the shape %s, no size may be negative".formatted(name, text(shape)));
      }
      size *= dimension;
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "%s has the shape %s, more than an array can hold".formatted(name, text(shape)));
      }
    }
    return (int) size;
  }

  static void range(String name, float[] array, int offset, int... shape) {
    int size = size(name, shape);
    if (offset < 0 || offset > array.length - size) {
      throw new IllegalArgumentException(
          "%s has %d floats, %s from offset %d on needs %d"
              .formatted(name, array.length, text(shape), offset, (long) offset + size));
    }
  }

  private static String text(int[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
