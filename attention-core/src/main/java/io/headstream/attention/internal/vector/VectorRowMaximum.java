package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link VectorMaximum} where all lanes belong to one query: raises one maximum, in all lanes. */
final class VectorRowMaximum implements SoftmaxPass {
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final IntVector ZERO = IntVector.zero(INTS);

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    float max = raised(of.old[0], s, from, end);
    of.special = Float.isNaN(max);
    if (of.special) {
      max = of.old[0];
      for (int i = from; i < end; i++) {
        max = Math.max(max, s[i]);
      }
    }
    FloatVector.broadcast(SPECIES, max).intoArray(of.max, 0);
  }

  /** NaN if a score is, or plus infinity. */
  private static float raised(float max, float[] s, int from, int end) {
    IntVector greatest = IntVector.broadcast(INTS, Float.floatToRawIntBits(max));
    IntVector least = greatest;
    IntVector magnitude = greatest.and(Integer.MAX_VALUE);
    for (int i = from; i < end; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, s, i).reinterpretAsInts();
      greatest = bits.max(greatest);
      least = bits.min(least);
      magnitude = bits.and(Integer.MAX_VALUE).max(magnitude);
    }
    int largest = ZERO.or(greatest).reduceLanes(VectorOperators.MAX);
    if (largest == INFINITY || ZERO.or(magnitude).reduceLanes(VectorOperators.MAX) > INFINITY) {
      return Float.NaN;
    }
    int bits = largest >= 0 ? largest : ZERO.or(least).reduceLanes(VectorOperators.MIN);
    return Float.intBitsToFloat(bits);
  }
}
