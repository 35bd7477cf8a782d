package io.headstream.attention.internal.kernel;

import java.util.Arrays;

/**
 * Sums of products, each output element one chain of {@code fma} in increasing order from +0.
 *
 * <p>The loops run over arrays that share one index and take four terms at a time: the shape that
 * C2 turns into vector code without the Vector API. Storing an accumulator between two groups of
 * four keeps the chain one chain, so the bits are those of the plain loop.
 */
final class Chains {
  private Chains() {}

  /**
   * {@code y[j] = Σ_c a[aOffset + c] · x[c][j]} for {@code from <= j < to}, over {@code c < terms}.
   */
  static void columns(float[] y, float[][] x, float[] a, int aOffset, int terms, int from, int to) {
    rows(y, x, 0, a, aOffset, terms, from, to);
  }

  /**
   * {@code y[j] = Σ_c a[aOffset + c] · x[first + c][j]} for {@code from <= j < to}, over {@code c <
   * terms}.
   */
  static void rows(
      float[] y, float[][] x, int first, float[] a, int aOffset, int terms, int from, int to) {
    Arrays.fill(y, from, to, 0f);
    int c = 0;
    for (; c + 4 <= terms; c += 4) {
      int at = aOffset + c;
      int row = first + c;
      add4(
          y,
          x[row],
          x[row + 1],
          x[row + 2],
          x[row + 3],
          a[at],
          a[at + 1],
          a[at + 2],
          a[at + 3],
          from,
          to);
    }
    for (; c < terms; c++) {
      add1(y, x[first + c], a[aOffset + c], from, to);
    }
  }

  private static void add4(
      float[] y,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float a0,
      float a1,
      float a2,
      float a3,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      y[j] =
          Math.fma(a3, x3[j], Math.fma(a2, x2[j], Math.fma(a1, x1[j], Math.fma(a0, x0[j], y[j]))));
    }
  }

  private static void add1(float[] y, float[] x, float a, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] = Math.fma(a, x[j], y[j]);
    }
  }
}
