package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;
import io.headstream.transformer.rows.kernel.RowBackend;
import java.util.Arrays;

/**
 * Probabilities of one row of logits.
 *
 * <p>Weights are {@code exp(x - max)}; 128 of them at a time are summed as sixteen chains joined by
 * a tree, as in attention, and these sums are added one after the other in double precision. A
 * logit of minus infinity has the probability 0. Where one is NaN or plus infinity, everything is
 * NaN.
 */
public final class Softmax {
  private static final int TILE = 128;

  private Softmax() {}

  /**
   * Makes probabilities of logits, in place. Where all are minus infinity, all become 0.
   *
   * @param x {@code count} logits from {@code offset} on
   * @throws IllegalArgumentException if the array is too short
   */
  public static void apply(int count, float[] x, int offset) {
    Checks.range("x", x, offset, count, 1);
    float max = RowBackends.chosen().max(count, x, offset);
    if (!Float.isFinite(max)) {
      Arrays.fill(x, offset, offset + count, max == Float.NEGATIVE_INFINITY ? 0f : Float.NaN);
      return;
    }
    float sum = (float) weigh(count, x, offset, max, x, offset, TILE);
    for (int i = offset; i < offset + count; i++) {
      x[i] /= sum;
    }
  }

  /**
   * {@code log(Σ exp(x))}. What is to be taken from a logit to get the logarithm of its
   * probability. Minus infinity where all logits are or there is none.
   *
   * @param x {@code count} logits from {@code offset} on; not changed
   * @throws IllegalArgumentException if the array is too short
   */
  public static double logSumExp(int count, float[] x, int offset) {
    Checks.range("x", x, offset, count, 1);
    float max = RowBackends.chosen().max(count, x, offset);
    if (!Float.isFinite(max)) {
      return max == Float.NEGATIVE_INFINITY ? max : Double.NaN;
    }
    return max + StrictMath.log(weigh(count, x, offset, max, new float[TILE], 0, 0));
  }

  /** The sum of weights, which are written tile by tile, each so much behind the one before. */
  private static double weigh(
      int count, float[] x, int xOffset, float max, float[] y, int yOffset, int yStep) {
    RowBackend backend = RowBackends.chosen();
    double sum = 0;
    int to = yOffset;
    for (int from = 0; from < count; from += TILE) {
      sum += backend.weigh(Math.min(TILE, count - from), x, xOffset + from, max, y, to);
      to += yStep;
    }
    return sum;
  }
}
