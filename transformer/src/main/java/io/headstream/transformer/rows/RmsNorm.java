package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;

/**
 * Root mean square normalisation (Zhang and Sennrich 2019): {@code y = x / sqrt(mean(x²) + eps) ·
 * weight} over the channels of each row; multiplied by the weight last.
 *
 * <p>A row with a value that is not finite, or whose squares pass the largest float, is not to be
 * relied on. Safe for any number of threads.
 */
public final class RmsNorm {
  private final float[] weight;
  private final float eps;

  /**
   * A norm of as many channels as there are weights.
   *
   * @param weight {@code [channels]}, copied
   * @param eps what is added to the mean of squares, not negative
   * @throws IllegalArgumentException if there is no weight, or eps is negative or not finite
   */
  public RmsNorm(float[] weight, float eps) {
    Checks.positive("channels", weight.length);
    this.weight = weight.clone();
    this.eps = NormArguments.eps(eps);
  }

  /** The channels of a row. */
  public int channels() {
    return weight.length;
  }

  /**
   * Normalises rows that lie a stride apart.
   *
   * @param x {@code rows} of {@link #channels()} floats, {@code xStride} apart, from {@code
   *     xOffset} on
   * @param y the same for what comes out; may be x at the same offset and stride
   * @throws IllegalArgumentException if an array is too short or a stride is less than the channels
   */
  public void apply(
      int rows, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
    Checks.rows("x", x, xOffset, rows, channels(), xStride);
    Checks.rows("y", y, yOffset, rows, channels(), yStride);
    RowBackends.chosen().rmsNorm(rows, x, xOffset, xStride, weight, eps, y, yOffset, yStride);
  }
}
