package io.headstream.transformer.rows.kernel;

/** What a norm makes of the sums over a row: once a row, in double precision, rounded to float. */
public final class NormScale {
  private NormScale() {}

  /** The mean of the row. */
  public static float mean(float sum, int width) {
    return (float) ((double) sum / width);
  }

  /**
   * {@code 1 / sqrt(variance + eps)}, of the population's variance.
   *
   * @param deviations {@code Σ (x - mean)}, which is not 0 as far as the mean was rounded
   * @param squares {@code Σ (x - mean)²}
   */
  public static float ofVariance(float deviations, float squares, int width, float eps) {
    double rest = (double) deviations / width;
    double variance = Math.max(0, (double) squares / width - rest * rest);
    return (float) (1 / Math.sqrt(variance + eps));
  }

  /** {@code -rest · scale}, where the rest is what the mean of the row was rounded by. */
  public static float shift(float deviations, int width, float scale) {
    return (float) (-(double) deviations / width * scale);
  }

  /** {@code 1 / sqrt(mean of squares + eps)}. */
  public static float ofSquares(float squares, int width, float eps) {
    return (float) (1 / Math.sqrt((double) squares / width + eps));
  }
}
