package io.headstream.attention.internal.vector;

import io.headstream.attention.internal.kernel.Exp;
import io.headstream.attention.internal.kernel.TileKernel;
import java.util.Arrays;

/**
 * The running softmax of {@link VectorPageKernel}: scores of a query stand beside each other, and
 * lanes are keys.
 */
final class VectorRowSoftmax {
  private static final int CHAINS = TileKernel.CHAINS;

  private final SoftmaxPass[] passes = {
    new VectorRowMaximum(), new VectorExp(), new VectorRowSum()
  };
  private final SoftmaxState state = new SoftmaxState();
  private final float[] max; // by query of the block
  private final float[] sum;
  private final float[] alpha;

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
    state.old[0] = max[i];
    for (SoftmaxPass pass : passes) {
      pass.over(state, s, at, end);
    }
    alpha[i] = Exp.exp(max[i] - state.max[0]);
    max[i] = state.max[0];
    sum[i] = Math.fma(sum[i], alpha[i], state.sum[0]);
  }
}
