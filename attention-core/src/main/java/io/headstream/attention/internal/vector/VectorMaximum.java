package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Raises the maximum of each lane to the largest of its scores.
 *
 * <p>A maximum of floats takes seven instructions, one waiting for the other, so whole numbers are
 * compared in their place: the bits of floats from +0 on order as they do, those of floats below
 * the other way round. What comes out of a loop is an argument, never the receiver of a call, whose
 * class C2 would have to guess.
 */
final class VectorMaximum implements SoftmaxPass {
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final IntVector ZERO = IntVector.zero(INTS);

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    of.special = raise(s, from, end, of.max);
    if (of.special) {
      System.arraycopy(of.old, 0, of.max, 0, LANES);
      for (int i = from; i < end; i++) {
        int lane = (i - from) % LANES;
        of.max[lane] = Math.max(of.max[lane], s[i]);
      }
    }
  }

  /** Whether a score is NaN or plus infinity; then the maxima mean nothing. */
  private static boolean raise(float[] s, int from, int end, float[] max) {
    IntVector greatest = FloatVector.fromArray(SPECIES, max, 0).reinterpretAsInts();
    IntVector least = greatest;
    IntVector magnitude = greatest.and(Integer.MAX_VALUE);
    for (int i = from; i < end; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, s, i).reinterpretAsInts();
      greatest = bits.max(greatest);
      least = bits.min(least);
      magnitude = bits.and(Integer.MAX_VALUE).max(magnitude);
    }
    // Where all are below 0 the largest of them has the least bits.
    IntVector largest = ZERO.or(greatest);
    IntVector negative = largest.lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
    IntVector differing = largest.lanewise(VectorOperators.XOR, least).and(negative);
    largest.lanewise(VectorOperators.XOR, differing).reinterpretAsFloats().intoArray(max, 0);
    return largest.add(1).max(magnitude).reduceLanes(VectorOperators.MAX) > INFINITY;
  }
}
