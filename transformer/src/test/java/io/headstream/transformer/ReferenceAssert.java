package io.headstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares what a model gives with a reference in double precision. */
final class ReferenceAssert {
  /** What the largest error may be, as a part of the largest number. */
  private static final double TOLERANCE = 1e-5;

  private ReferenceAssert() {}

  static void assertRight(float[] y, double[][] expected) {
    assertThat(error(y, expected)).isLessThan(TOLERANCE);
  }

  /** That a test against the right reference would have seen a wrong one. */
  static void assertSeen(float[] y, double[][] wrong) {
    assertThat(error(y, wrong)).isGreaterThan(5 * TOLERANCE);
  }

  /** The largest difference over the largest number. */
  static double error(float[] y, double[][] expected) {
    double largest = 0;
    double error = 0;
    int i = 0;
    for (double[] row : expected) {
      for (double value : row) {
        largest = Math.max(largest, Math.abs(value));
        double difference = Math.abs(y[i++] - value);
        error = difference <= error ? error : difference; // NaN counts
      }
    }
    return error / largest;
  }
}
