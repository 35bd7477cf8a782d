package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import io.headstream.transformer.rows.kernel.ChannelSum;
import io.headstream.transformer.rows.kernel.NormScale;
import jdk.incubator.vector.FloatVector;

/**
 * Norms, and their sums over one row. Channels behind whole sets of chains are added one by one.
 */
final class VectorNorms {
  private static final int CHAINS = ChannelSum.CHAINS;

  private VectorNorms() {}

  static void rmsNorm(
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      float[] weight,
      float eps,
      float[] y,
      int yOffset,
      int yStride) {
    int width = weight.length;
    float[] chains = new float[CHAINS];
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * xStride;
      float squares = sumOfSquares(width, x, from, chains);
      float scale = NormScale.ofSquares(squares, width, eps);
      multiply(width, scale, x, from, weight, y, yOffset + row * yStride);
    }
  }

  /** {@code Σ x}; the chains are written. */
  static float sum(int width, float[] x, int offset, float[] chains) {
    int whole = width & -CHAINS;
    for (int first = 0; first < CHAINS; first += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int c = offset + first; c < offset + whole; c += CHAINS) {
        sum = FloatVector.fromArray(SPECIES, x, c).add(sum);
      }
      sum.intoArray(chains, first);
    }
    ChannelSum.add(chains, 0, x, offset, whole, width);
    return ChannelSum.joined(chains, 0);
  }

  /** {@code Σ x²}; the chains are written. */
  static float sumOfSquares(int width, float[] x, int offset, float[] chains) {
    int whole = width & -CHAINS;
    for (int first = 0; first < CHAINS; first += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int c = offset + first; c < offset + whole; c += CHAINS) {
        FloatVector value = FloatVector.fromArray(SPECIES, x, c);
        sum = value.fma(value, sum);
      }
      sum.intoArray(chains, first);
    }
    ChannelSum.addSquares(chains, x, offset, whole, width);
    return ChannelSum.joined(chains, 0);
  }

  private static void multiply(
      int width, float scale, float[] x, int xOffset, float[] weight, float[] y, int yOffset) {
    int whole = Lanes.whole(width);
    for (int c = 0; c < whole; c += LANES) {
      FloatVector.fromArray(SPECIES, x, xOffset + c)
          .mul(FloatVector.broadcast(SPECIES, scale))
          .mul(FloatVector.fromArray(SPECIES, weight, c))
          .intoArray(y, yOffset + c);
    }
    for (int c = whole; c < width; c++) {
      y[yOffset + c] = x[xOffset + c] * scale * weight[c];
    }
  }
}
