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

  /** Makes weights of the scores of a vector of queries from {@code i} on. */
  void weigh(float[] s, int i, int width, int keys) {
    raiseMaximum(s, i, width, keys);
    weights(s, i, width, keys);
    if (keys == CHAINS) {
      joinChains(s, i, width); // each weight is a chain
    } else {
      sumChains(s, i, width, keys);
      joinChains(chains, 0, LANES);
    }
    addSum(i);
  }

  /** The new running maximum, and what was gathered under the old one is worth. */
  private void raiseMaximum(float[] s, int i, int width, int keys) {
    FloatVector oldMax = FloatVector.fromArray(SPECIES, max, i);
    FloatVector newMax = oldMax;
    for (int j = 0, at = i; j < keys; j++, at += width) {
      newMax = newMax.max(FloatVector.fromArray(SPECIES, s, at));
    }
    newMax.intoArray(max, i);
    exp(oldMax.sub(newMax)).intoArray(alpha, i);
  }

  private void weights(float[] s, int i, int width, int keys) {
    FloatVector m = FloatVector.fromArray(SPECIES, max, i);
    for (int j = 0, at = i; j < keys; j++, at += width) {
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

  private void sumChains(float[] s, int i, int width, int keys) {
    for (int chain = 0; chain < CHAINS; chain++) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = chain; j < keys; j += CHAINS) {
        added = added.add(FloatVector.fromArray(SPECIES, s, j * width + i));
      }
      added.intoArray(chains, chain * LANES);
    }
  }

  /** The sum of sixteen vectors, as a fixed tree. */
  private void joinChains(float[] v, int at, int step) {
    FloatVector a0 = vector(v, at).add(vector(v, at + 8 * step));
    FloatVector a1 = vector(v, at + step).add(vector(v, at + 9 * step));
    FloatVector a2 = vector(v, at + 2 * step).add(vector(v, at + 10 * step));
    FloatVector a3 = vector(v, at + 3 * step).add(vector(v, at + 11 * step));
    FloatVector a4 = vector(v, at + 4 * step).add(vector(v, at + 12 * step));
    FloatVector a5 = vector(v, at + 5 * step).add(vector(v, at + 13 * step));
    FloatVector a6 = vector(v, at + 6 * step).add(vector(v, at + 14 * step));
    FloatVector a7 = vector(v, at + 7 * step).add(vector(v, at + 15 * step));
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
