package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The running softmax of {@link VectorTileKernel}: the statistics of a block of queries, which are
 * the lanes. Scores lie as {@code [keys][BLOCK]}.
 */
final class VectorSoftmax {
  private static final int BLOCK = TileKernel.BLOCK;
  private static final int CHAINS = TileKernel.CHAINS;

  private final float[] max = new float[BLOCK];
  private final float[] sum = new float[BLOCK];
  private final float[] alpha = new float[BLOCK];
  private final float[] chains = new float[CHAINS * LANES];
  private final float[] tileSum = new float[LANES];

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
   * at}.
   */
  void weigh(int i, float[] s, int at, int keys) {
    int end = at + keys * LANES;
    System.arraycopy(max, i, alpha, i, LANES);
    if (VectorExp.raise(s, at, end, max, i)) {
      weighAny(i, s, at, end);
    } else {
      VectorExp.weigh(alpha, i, i + LANES, max, i);
      VectorExp.weigh(s, at, end, max, i);
    }
    if (keys == CHAINS) {
      joinChains(s, at); // each weight is a chain
    } else {
      sumChains(s, at, end);
      joinChains(chains, 0);
    }
    addSum(i);
  }

  /** The same for scores among which there is NaN or infinity: number by number. */
  private void weighAny(int i, float[] s, int from, int end) {
    for (int lane = 0; lane < LANES; lane++) {
      float newMax = alpha[i + lane]; // still the old one
      for (int at = from + lane; at < end; at += LANES) {
        newMax = Math.max(newMax, s[at]);
      }
      alpha[i + lane] = Exp.exp(alpha[i + lane] - newMax);
      max[i + lane] = newMax;
      for (int at = from + lane; at < end; at += LANES) {
        s[at] = Exp.exp(s[at] - newMax);
      }
    }
  }

  private void sumChains(float[] s, int from, int end) {
    for (int chain = 0; chain < CHAINS; chain++) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int at = from + chain * LANES; at < end; at += CHAINS * LANES) {
        added = added.add(FloatVector.fromArray(SPECIES, s, at));
      }
      added.intoArray(chains, chain * LANES);
    }
  }

  /** The sum of sixteen vectors, as a fixed tree. */
  private void joinChains(float[] v, int at) {
    FloatVector a0 = vector(v, at).add(vector(v, at + 8 * LANES));
    FloatVector a1 = vector(v, at + LANES).add(vector(v, at + 9 * LANES));
    FloatVector a2 = vector(v, at + 2 * LANES).add(vector(v, at + 10 * LANES));
    FloatVector a3 = vector(v, at + 3 * LANES).add(vector(v, at + 11 * LANES));
    FloatVector a4 = vector(v, at + 4 * LANES).add(vector(v, at + 12 * LANES));
    FloatVector a5 = vector(v, at + 5 * LANES).add(vector(v, at + 13 * LANES));
    FloatVector a6 = vector(v, at + 6 * LANES).add(vector(v, at + 14 * LANES));
    FloatVector a7 = vector(v, at + 7 * LANES).add(vector(v, at + 15 * LANES));
    FloatVector even = a0.add(a4).add(a2.add(a6));
    FloatVector odd = a1.add(a5).add(a3.add(a7));
    even.add(odd).intoArray(tileSum, 0);
  }

  private static FloatVector vector(float[] v, int at) {
    return FloatVector.fromArray(SPECIES, v, at);
  }

  /** {@code l = fma(l, α, tileSum)}. */
  private void addSum(int i) {
    FloatVector.fromArray(SPECIES, sum, i)
        .fma(FloatVector.fromArray(SPECIES, alpha, i), FloatVector.fromArray(SPECIES, tileSum, 0))
        .intoArray(sum, i);
  }
}
