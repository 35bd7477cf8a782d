package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.SPECIES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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
    raiseMaximum(i, s, at, end);
    weights(i, s, at, end);
    if (keys == CHAINS) {
      joinChains(s, at); // each weight is a chain
    } else {
      sumChains(s, at, end);
      joinChains(chains, 0);
    }
    addSum(i);
  }

  /** The new running maximum, and what was gathered under the old one is worth. */
  private void raiseMaximum(int i, float[] s, int from, int end) {
    FloatVector oldMax = FloatVector.fromArray(SPECIES, max, i);
    FloatVector newMax = oldMax;
    for (int at = from; at < end; at += LANES) {
      newMax = newMax.max(FloatVector.fromArray(SPECIES, s, at));
    }
    newMax.intoArray(max, i);
    exp(oldMax.sub(newMax)).intoArray(alpha, i);
  }

  private void weights(int i, float[] s, int from, int end) {
    FloatVector m = FloatVector.fromArray(SPECIES, max, i);
    for (int at = from; at < end; at += LANES) {
      exp(FloatVector.fromArray(SPECIES, s, at).sub(m)).intoArray(s, at);
    }
  }

  /** {@link Exp#exp}, lane by lane. */
  static FloatVector exp(FloatVector x) {
    FloatVector log2e = FloatVector.broadcast(SPECIES, Exp.LOG2_E);
    FloatVector shift = FloatVector.broadcast(SPECIES, Exp.SHIFT);
    FloatVector clamped = x.max(FloatVector.broadcast(SPECIES, Exp.LOWEST));
    FloatVector shifted = clamped.fma(log2e, shift);
    FloatVector f = clamped.fma(log2e, shift.sub(shifted));
    FloatVector p = FloatVector.broadcast(SPECIES, Exp.C6);
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C5));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C4));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C3));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C2));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C1));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1f));
    IntVector bits =
        shifted
            .reinterpretAsInts()
            .add(Exp.EXPONENT_BIAS)
            .lanewise(VectorOperators.LSHL, Exp.MANTISSA_BITS);
    return p.mul(bits.reinterpretAsFloats());
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
