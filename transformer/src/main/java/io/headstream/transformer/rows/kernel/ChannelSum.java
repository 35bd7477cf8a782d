package io.headstream.transformer.rows.kernel;

/**
 * Sums over the channels of a row: sixteen chains, channel mod 16, each from +0, joined as a fixed
 * tree. Sixteen, because the widest vector has as many lanes; a narrower one takes several.
 */
public final class ChannelSum {
  public static final int CHAINS = 16;

  private ChannelSum() {}

  /** Joins the chains to one sum, always in this order. */
  public static float joined(float[] chains) {
    float a0 = chains[0] + chains[8];
    float a1 = chains[1] + chains[9];
    float a2 = chains[2] + chains[10];
    float a3 = chains[3] + chains[11];
    float a4 = chains[4] + chains[12];
    float a5 = chains[5] + chains[13];
    float a6 = chains[6] + chains[14];
    float a7 = chains[7] + chains[15];
    return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
  }

  /** Adds {@code Σ x} of the channels {@code from <= c < to} to their chains. */
  public static void add(float[] chains, float[] x, int offset, int from, int to) {
    for (int c = from; c < to; c++) {
      chains[c % CHAINS] += x[offset + c];
    }
  }

  /** Adds {@code Σ x²} of the channels {@code from <= c < to} to their chains. */
  public static void addSquares(float[] chains, float[] x, int offset, int from, int to) {
    for (int c = from; c < to; c++) {
      float value = x[offset + c];
      chains[c % CHAINS] = Math.fma(value, value, chains[c % CHAINS]);
    }
  }

  /**
   * Adds {@code Σ (x - mean)} and {@code Σ (x - mean)²} of the channels {@code from <= c < to} to
   * their chains.
   */
  public static void addDeviations(
      float[] chains, float[] squares, float mean, float[] x, int offset, int from, int to) {
    for (int c = from; c < to; c++) {
      float deviation = x[offset + c] - mean;
      chains[c % CHAINS] += deviation;
      squares[c % CHAINS] = Math.fma(deviation, deviation, squares[c % CHAINS]);
    }
  }
}
