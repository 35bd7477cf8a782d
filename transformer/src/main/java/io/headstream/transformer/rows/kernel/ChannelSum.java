package io.headstream.transformer.rows.kernel;

/**
 * Sums over the channels of a row: sixteen chains, channel mod 16, each from +0, joined as a fixed
 * tree. Sixteen, because the widest vector has as many lanes; a narrower one takes several.
 */
public final class ChannelSum {
  public static final int CHAINS = 16;

  private ChannelSum() {}

  /** Joins sixteen chains, from {@code at} on, to one sum, always in this order. */
  public static float joined(float[] chains, int at) {
    float a0 = chains[at] + chains[at + 8];
    float a1 = chains[at + 1] + chains[at + 9];
    float a2 = chains[at + 2] + chains[at + 10];
    float a3 = chains[at + 3] + chains[at + 11];
    float a4 = chains[at + 4] + chains[at + 12];
    float a5 = chains[at + 5] + chains[at + 13];
    float a6 = chains[at + 6] + chains[at + 14];
    float a7 = chains[at + 7] + chains[at + 15];
    return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
  }

  /** Adds {@code Σ x} of the channels {@code from <= c < to} to the chains from {@code at} on. */
  public static void add(float[] chains, int at, float[] x, int offset, int from, int to) {
    for (int c = from; c < to; c++) {
      chains[at + c % CHAINS] += x[offset + c];
    }
  }

  /** Adds {@code Σ x²} of the channels {@code from <= c < to} to the chains. */
  public static void addSquares(float[] chains, float[] x, int offset, int from, int to) {
    for (int c = from; c < to; c++) {
      float value = x[offset + c];
      chains[c % CHAINS] = Math.fma(value, value, chains[c % CHAINS]);
    }
  }

  /**
   * Adds {@code Σ (x - mean)} and {@code Σ (x - mean)²} of the channels {@code from <= c < to} to
   * their chains from {@code at} on.
   */
  public static void addDeviations(
      float[] chains,
      float[] squares,
      int at,
      float mean,
      float[] x,
      int offset,
      int from,
      int to) {
    for (int c = from; c < to; c++) {
      int chain = at + c % CHAINS;
      float deviation = x[offset + c] - mean;
      chains[chain] += deviation;
      squares[chain] = Math.fma(deviation, deviation, squares[chain]);
    }
  }
}
