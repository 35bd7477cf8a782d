package io.headstream.attention;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The running softmax of {@link VectorTileKernel}: the statistics of a block of queries, which are
 * the lanes. Scores lie as {@code [keys][BLOCK]}.
 */
final class VectorSoftmax {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int BLOCK = TileKernel.BLOCK;
  private static final int CHAINS = TileKernel.CHAINS;

  private final float[] max = new float[BLOCK];
  private final float[] sum = new float[BLOCK];
  private final float[] alpha = new float[BLOCK];
  private final float[] chains = new float[CHAINS * LANES];

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

  float sum(int i) {
    return sum[i];
  }

  /** Makes weights of the scores of a vector of queries from {@code i} on. */
  void weigh(float[] s, int i, int keys) {
    raiseMaximum(s, i, keys);
    weights(s, i, keys);
    sumChains(s, i, keys);
    joinChains();
    addSum(i);
  }

  /** The new running maximum, and what was gathered under the old one is worth. */
  private void raiseMaximum(float[] s, int i, int keys) {
    FloatVector oldMax = FloatVector.fromArray(SPECIES, max, i);
    FloatVector newMax = oldMax;
    for (int j = 0, at = i; j < keys; j++, at += BLOCK) {
      newMax = newMax.max(FloatVector.fromArray(SPECIES, s, at));
    }
    newMax.intoArray(max, i);
    exp(oldMax.sub(newMax)).intoArray(alpha, i);
  }

  private void weights(float[] s, int i, int keys) {
    FloatVector m = FloatVector.fromArray(SPECIES, max, i);
    for (int j = 0, at = i; j < keys; j++, at += BLOCK) {
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

  private void sumChains(float[] s, int i, int keys) {
    for (int chain = 0; chain < CHAINS; chain++) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = chain; j < keys; j += CHAINS) {
        added = added.add(FloatVector.fromArray(SPECIES, s, j * BLOCK + i));
      }
      added.intoArray(chains, chain * LANES);
    }
  }

  private void joinChains() {
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int chain = 0; chain < half; chain++) {
        FloatVector.fromArray(SPECIES, chains, chain * LANES)
            .add(FloatVector.fromArray(SPECIES, chains, (chain + half) * LANES))
            .intoArray(chains, chain * LANES);
      }
    }
  }

  /** {@code l = fma(l, α, tileSum)}. */
  private void addSum(int i) {
    FloatVector.fromArray(SPECIES, sum, i)
        .fma(FloatVector.fromArray(SPECIES, alpha, i), FloatVector.fromArray(SPECIES, chains, 0))
        .intoArray(sum, i);
  }
}
