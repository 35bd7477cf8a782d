package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;
import java.util.Arrays;

/**
 * Layer normalisation (Ba et al. 2016): {@code y = (x - mean) / sqrt(variance + eps) · weight +
 * bias} over the channels of each row, with the population's variance.
 *
 * <p>Two passes, the second rid of what the mean was rounded by, so that rows whose channels are
 * nearly equal come out as accurately as others. A row with a value that is not finite, or whose
 * squares pass the largest float, gives values that are not finite. Safe for any number of threads.
 */
public final class LayerNorm {
  private final float[] weight;
  private final float[] bias;
  private final float eps;

  /**
   * A norm of as many channels as there are weights or biases.
   *
   * @param weight {@code [channels]}, copied; null is a weight of 1 for each channel
   * @param bias {@code [channels]}, copied; null is a bias of 0 for each channel
   * @param eps what is added to the variance, not negative
   * @throws IllegalArgumentException if weight and bias are both null or differ in length, or eps
   *     is negative or not finite
   */
  public LayerNorm(float[] weight, float[] bias, float eps) {
    this(channels(weight, bias), weight, bias, eps);
  }

  private LayerNorm(int channels, float[] weight, float[] bias, float eps) {
    this.weight = weight == null ? ones(channels) : weight.clone();
    this.bias = bias == null ? new float[channels] : bias.clone();
    this.eps = NormArguments.eps(eps);
  }

  /** A norm that has neither weight nor bias. */
  public static LayerNorm plain(int channels, float eps) {
    Checks.positive("channels", channels);
    return new LayerNorm(channels, null, null, eps);
  }

  /** The channels of a row. */
  public int channels() {
    return weight.length;
  }

  /**
   * Normalises rows that lie one behind the other.
   *
   * @param x {@code [rows, channels]} from {@code xOffset} on
   * @param y {@code [rows, channels]} from {@code yOffset} on; may be x at the same offset
   * @throws IllegalArgumentException if an array is too short
   */
  public void apply(int rows, float[] x, int xOffset, float[] y, int yOffset) {
    Checks.range("x", x, xOffset, rows, channels());
    Checks.range("y", y, yOffset, rows, channels());
    RowBackends.chosen().layerNorm(rows, channels(), x, xOffset, weight, bias, eps, y, yOffset);
  }

  private static int channels(float[] weight, float[] bias) {
    if (weight == null && bias == null) {
      throw new IllegalArgumentException(
          "a norm without weight and bias does not tell its channels, LayerNorm.plain does");
    }
    if (weight != null && bias != null && weight.length != bias.length) {
      throw new IllegalArgumentException(
          "weight has %d channels, bias has %d".formatted(weight.length, bias.length));
    }
    int channels = weight == null ? bias.length : weight.length;
    Checks.positive("channels", channels);
    return channels;
  }

  private static float[] ones(int channels) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1f);
    return ones;
  }
}
