package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.TileKernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The running softmax of {@link VectorTileKernel}: the statistics of a block of queries, which are
 * the lanes. Scores lie as {@code [vectors][keys][LANES]}.
 */
final class VectorSoftmax {
  private static final int BLOCK = TileKernel.BLOCK;
  private static final int CHAINS = TileKernel.CHAINS;

  private static final SoftmaxPass MAXIMUM = new VectorMaximum();
  private static final SoftmaxPass EXP = new VectorExp();
  private static final SoftmaxPass FIRST_CHAINS = new VectorChains(0);
  private static final SoftmaxPass OTHER_CHAINS = new VectorChains(8);
  private static final SoftmaxPass TREE = new VectorTree();

  private final SoftmaxPass[] passes = {MAXIMUM, EXP, FIRST_CHAINS, OTHER_CHAINS, TREE};
  private final SoftmaxPass[] shortPasses = {MAXIMUM, EXP, TREE};
  private final SoftmaxState state = new SoftmaxState();
  private final float[] max = new float[BLOCK];
  private final float[] sum = new float[BLOCK];
  private final float[] alpha = new float[BLOCK];

  void begin() {
    Arrays.fill(max, -Float.MAX_VALUE);
    Arrays.fill(sum, 0f);
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
   * Makes weights of the scores of a vector of queries from {@code i} on, which begin at {@code
   * at}. Up to the next multiple of 16 keys others follow that mean nothing: their weight is +0.
   *
   * @param first whether these are the first scores, so that nothing was gathered that has to be
   *     worth less
   */
  void weigh(int i, float[] s, int at, int keys, boolean first) {
    int end = at + Math.max(CHAINS, (keys + CHAINS - 1) / CHAINS * CHAINS) * LANES;
    Arrays.fill(s, at + keys * LANES, end, Float.NEGATIVE_INFINITY);
    System.arraycopy(max, i, state.max, 0, LANES);
    SoftmaxPass[] all = keys <= CHAINS ? shortPasses : passes;
    System.arraycopy(max, i, state.old, 0, LANES);
    for (SoftmaxPass pass : all) {
      pass.over(state, s, at, end);
    }
    System.arraycopy(state.max, 0, max, i, LANES);
    if (first) {
      System.arraycopy(state.sum, 0, sum, i, LANES);
    } else {
      EXP.over(state, state.old, 0, LANES);
      System.arraycopy(state.old, 0, alpha, i, LANES);
      addSum(i, state.sum);
    }
  }

  /** {@code l = fma(l, α, tileSum)}. */
  private void addSum(int i, float[] tileSum) {
    FloatVector.fromArray(SPECIES, sum, i)
        .fma(FloatVector.fromArray(SPECIES, alpha, i), FloatVector.fromArray(SPECIES, tileSum, 0))
        .intoArray(sum, i);
  }
}
