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
    float newMax = maximum(max[i], s, at, end);
    weights(s, at, end, newMax);
    alpha[i] = Exp.exp(max[i] - newMax);
    max[i] = newMax;
    sum[i] = Math.fma(sum[i], alpha[i], sumOfWeights(s, at, end));
  }

  private float maximum(float start, float[] s, int at, int end) {
    FloatVector largest = FloatVector.broadcast(SPECIES, start);
    for (int j = at; j < end; j += LANES) {
      largest = largest.max(FloatVector.fromArray(SPECIES, s, j));
    }
    largest.intoArray(lanes, 0);
    float max = start;
    for (int lane = 0; lane < LANES; lane++) {
      max = Math.max(max, lanes[lane]);
    }
    return max;
  }

  private static void weights(float[] s, int at, int end, float max) {
    FloatVector m = FloatVector.broadcast(SPECIES, max);
    for (int j = at; j < end; j += LANES) {
      VectorSoftmax.exp(FloatVector.fromArray(SPECIES, s, j).sub(m)).intoArray(s, j);
    }
  }

  private float sumOfWeights(float[] s, int at, int end) {
    for (int first = 0; first < CHAINS; first += LANES) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = at + first; j < end; j += CHAINS) {
        added = added.add(FloatVector.fromArray(SPECIES, s, j));
      }
      added.intoArray(lanes, first);
    }
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int chain = 0; chain < half; chain++) {
        lanes[chain] += lanes[chain + half];
      }
    }
    return lanes[0];
  }
}
