package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import io.headstream.transformer.rows.kernel.ChannelSum;
import io.headstream.transformer.rows.kernel.NormScale;
import io.headstream.transformer.rows.kernel.ScalarRowBackend;
import jdk.incubator.vector.FloatVector;

/**
 * Layer normalisation of four rows at a time: in a chain each addition waits for the one before, so
 * that four chains of different rows take little longer than one. Where fewer rows are left the
 * last one stands in for others. Channels behind whole sets of chains come one by one.
 */
final class VectorLayerNorm {
  private static final int CHAINS = ChannelSum.CHAINS;
  private static final int ROWS = 4;

  private final int width;
  private final int whole;
  private final float[] chains = new float[ROWS * CHAINS];
  private final float[] squares = new float[ROWS * CHAINS];
  private final float[] mean = new float[ROWS];
  private final int[] from = new int[ROWS];

  VectorLayerNorm(int width) {
    this.width = width;
    this.whole = width & -CHAINS;
  }

  void apply(
      int rows,
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float eps,
      float[] y,
      int yOffset) {
    for (int row = 0; row < rows; row += ROWS) {
      for (int r = 0; r < ROWS; r++) {
        from[r] = xOffset + Math.min(row + r, rows - 1) * width;
      }
      means(x);
      deviations(x);
      for (int r = 0; r < Math.min(ROWS, rows - row); r++) {
        float rest = ChannelSum.joined(chains, r * CHAINS);
        float ofSquares = ChannelSum.joined(squares, r * CHAINS);
        float scale = NormScale.ofVariance(rest, ofSquares, width, eps);
        float shift = NormScale.shift(rest, width, scale);
        int to = yOffset + (row + r) * width;
        standardize(width, mean[r], scale, shift, x, from[r], weight, bias, y, to);
      }
    }
  }

  private void means(float[] x) {
    for (int first = 0; first < CHAINS; first += LANES) {
      sums(x, from[0], from[1], from[2], from[3], first, whole, chains);
    }
    for (int r = 0; r < ROWS; r++) {
      ChannelSum.add(chains, r * CHAINS, x, from[r], whole, width);
      mean[r] = NormScale.mean(ChannelSum.joined(chains, r * CHAINS), width);
    }
  }

  private static void sums(
      float[] x, int a, int b, int c, int d, int first, int end, float[] chains) {
    FloatVector sumA = FloatVector.zero(SPECIES);
    FloatVector sumB = FloatVector.zero(SPECIES);
    FloatVector sumC = FloatVector.zero(SPECIES);
    FloatVector sumD = FloatVector.zero(SPECIES);
    for (int n = first; n < end; n += CHAINS) {
      sumA = FloatVector.fromArray(SPECIES, x, a + n).add(sumA);
      sumB = FloatVector.fromArray(SPECIES, x, b + n).add(sumB);
      sumC = FloatVector.fromArray(SPECIES, x, c + n).add(sumC);
      sumD = FloatVector.fromArray(SPECIES, x, d + n).add(sumD);
    }
    sumA.intoArray(chains, first);
    sumB.intoArray(chains, first + CHAINS);
    sumC.intoArray(chains, first + 2 * CHAINS);
    sumD.intoArray(chains, first + 3 * CHAINS);
  }

  private void deviations(float[] x) {
    for (int first = 0; first < CHAINS; first += LANES) {
      for (int r = 0; r < ROWS; r += 2) {
        twoRows(x, from[r], from[r + 1], mean, r, first, whole, chains, squares);
      }
    }
    for (int r = 0; r < ROWS; r++) {
      ChannelSum.addDeviations(chains, squares, r * CHAINS, mean[r], x, from[r], whole, width);
    }
  }

  private static void twoRows(
      float[] x,
      int a,
      int b,
      float[] mean,
      int r,
      int first,
      int end,
      float[] chains,
      float[] squares) {
    FloatVector meanA = FloatVector.broadcast(SPECIES, mean[r]);
    FloatVector meanB = FloatVector.broadcast(SPECIES, mean[r + 1]);
    FloatVector sumA = FloatVector.zero(SPECIES);
    FloatVector sumB = FloatVector.zero(SPECIES);
    FloatVector squareA = FloatVector.zero(SPECIES);
    FloatVector squareB = FloatVector.zero(SPECIES);
    for (int n = first; n < end; n += CHAINS) {
      FloatVector fromA = FloatVector.fromArray(SPECIES, x, a + n).sub(meanA);
      FloatVector fromB = FloatVector.fromArray(SPECIES, x, b + n).sub(meanB);
      sumA = fromA.add(sumA);
      sumB = fromB.add(sumB);
      squareA = fromA.fma(fromA, squareA);
      squareB = fromB.fma(fromB, squareB);
    }
    int at = r * CHAINS + first;
    sumA.intoArray(chains, at);
    sumB.intoArray(chains, at + CHAINS);
    squareA.intoArray(squares, at);
    squareB.intoArray(squares, at + CHAINS);
  }

  private static void standardize(
      int width,
      float mean,
      float scale,
      float shift,
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float[] y,
      int yOffset) {
    int whole = Lanes.whole(width);
    FloatVector center = FloatVector.broadcast(SPECIES, mean);
    FloatVector scales = FloatVector.broadcast(SPECIES, scale);
    FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
    for (int c = 0; c < whole; c += LANES) {
      FloatVector.fromArray(SPECIES, x, xOffset + c)
          .sub(center)
          .fma(scales, shifts)
          .fma(FloatVector.fromArray(SPECIES, weight, c), FloatVector.fromArray(SPECIES, bias, c))
          .intoArray(y, yOffset + c);
    }
    ScalarRowBackend.standardize(
        mean, scale, shift, x, xOffset, weight, bias, y, yOffset, whole, width);
  }
}
