package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The running softmax of {@link VectorPageKernel}: scores of a query stand beside each other, and
 * lanes are keys.
 */
final class VectorRowSoftmax {
  private static final int CHAINS = TileKernel.CHAINS;

  private final float[] max; // by query of the block
  private final float[] sum;
  private final float[] alpha;
  private final float[] lanes = new float[CHAINS];

  VectorRowSoftmax(int block) {
    this.max = new float[block];
    this.sum = new float[block];
    this.alpha = new float[block];
  }

  void begin(int queries) {
    Arrays.fill(max, 0, queries, -Float.MAX_VALUE);
    Arrays.fill(sum, 0, queries, 0f);
  }

  /** What the output so far is worth after {@link #weigh}: {@code exp(oldMax - newMax)}. */
  float[] alpha() {
    return alpha;
  }

  float max(int i) {
    return max[i];
  }

  /** The sums of weights so far. */
  float[] sum() {
    return sum;
  }

  /**
   * Makes weights of the scores of query {@code i}, which begin at {@code at}. Up to the next
   * multiple of 16 others follow that mean nothing: they become hidden keys, whose weight is +0.
   */
  void weigh(int i, float[] s, int at, int keys) {
    int end = at + (keys + CHAINS - 1) / CHAINS * CHAINS;
    Arrays.fill(s, at + keys, end, Float.NEGATIVE_INFINITY);
    float newMax = VectorExp.raised(max[i], s, at, end);
    if (Float.isNaN(newMax)) {
      weighAny(i, s, at, end);
    } else {
      FloatVector.broadcast(SPECIES, newMax).intoArray(lanes, 0);
      VectorExp.weigh(s, at, end, lanes, 0);
      alpha[i] = Exp.exp(max[i] - newMax);
      max[i] = newMax;
    }
    sum[i] = Math.fma(sum[i], alpha[i], sumOfWeights(s, at, end));
  }

  /** The same for scores among which there is NaN or infinity: number by number. */
  private void weighAny(int i, float[] s, int at, int end) {
    float newMax = max[i];
    for (int j = at; j < end; j++) {
      newMax = Math.max(newMax, s[j]);
    }
    for (int j = at; j < end; j++) {
      s[j] = Exp.exp(s[j] - newMax);
    }
    alpha[i] = Exp.exp(max[i] - newMax);
    max[i] = newMax;
  }

  private float sumOfWeights(float[] s, int at, int end) {
    for (int first = 0; first < CHAINS; first += LANES) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = at + first; j < end; j += CHAINS) {
        added = added.add(FloatVector.fromArray(SPECIES, s, j));
      }
      added.intoArray(lanes, first);
    }
    float a0 = lanes[0] + lanes[8];
    float a1 = lanes[1] + lanes[9];
    float a2 = lanes[2] + lanes[10];
    float a3 = lanes[3] + lanes[11];
    float a4 = lanes[4] + lanes[12];
    float a5 = lanes[5] + lanes[13];
    float a6 = lanes[6] + lanes[14];
    float a7 = lanes[7] + lanes[15];
    return a0 + a4 + (a2 + a6) + (a1 + a5 + (a3 + a7));
  }
}
