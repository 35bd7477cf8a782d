package io.headstream.transformer.layers;

import io.headstream.transformer.rows.LayerNorm;
import io.headstream.transformer.rows.RmsNorm;

/** A layer norm or a root-mean-square norm over the channels of each row. */
@FunctionalInterface
public interface Norm {
  /**
   * Normalises rows that lie one behind the other.
   *
   * @param rows how many
   * @param x {@code [rows, channels]} from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param y {@code [rows, channels]} from {@code yOffset} on; may be {@code x} at the same offset
   * @param yOffset where {@code y} begins, in floats
   */
  void apply(int rows, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * A norm of one of the two kinds.
   *
   * @param rms whether it is a root-mean-square norm
   * @param weight {@code [channels]}
   * @param bias {@code [channels]}, or null; none for a root-mean-square norm
   * @param epsilon what is added under the root
   * @return the norm
   */
  static Norm of(boolean rms, float[] weight, float[] bias, float epsilon) {
    if (!rms) {
      return new LayerNorm(weight, bias, epsilon)::apply;
    }
    int channels = weight.length;
    RmsNorm norm = new RmsNorm(weight, epsilon);
    return (rows, x, xOffset, y, yOffset) ->
        norm.apply(rows, x, xOffset, channels, y, yOffset, channels);
  }
}
