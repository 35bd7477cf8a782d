package io.headstream.transformer.rows.vector;

import io.headstream.transformer.rows.kernel.ChannelSum;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How wide vectors are: as the machine prefers, but no wider than there are chains in a sum. */
final class Lanes {
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() <= ChannelSum.CHAINS
          ? FloatVector.SPECIES_PREFERRED
          : FloatVector.SPECIES_512;

  static final int LANES = SPECIES.length();

  /** As often as it takes until the JVM keeps a profile of the Vector API's methods, and more. */
  private static final int TIMES = 500;

  static {
    // C2 has to know all operations before it compiles any: see VectorOperations of attention-core.
    float[] numbers = new float[LANES];
    for (int n = 0; n < TIMES; n++) {
      useAll(numbers);
    }
  }

  private Lanes() {}

  /** The numbers that are left over behind whole vectors begin here. */
  static int whole(int count) {
    return count & -LANES;
  }

  private static void useAll(float[] numbers) {
    FloatVector x = FloatVector.fromArray(SPECIES, numbers, 0);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector y = x.fma(one, x).add(x).sub(x).mul(one).div(one);
    IntVector bits =
        y.reinterpretAsInts().and(Integer.MAX_VALUE).min(1).add(1).or(x.reinterpretAsInts());
    IntVector zero = IntVector.zero(SPECIES.withLanes(int.class));
    numbers[0] +=
        zero.or(bits.max(zero)).reduceLanes(VectorOperators.MAX)
            + zero.or(bits).reduceLanes(VectorOperators.MIN);
    y.blend(0f, y.compare(VectorOperators.LT, 0f))
        .blend(one, y.compare(VectorOperators.GT, 0f))
        .blend(one, y.compare(VectorOperators.GE, 0f))
        .add(bits.lanewise(VectorOperators.LSHL, 1).reinterpretAsFloats())
        .intoArray(numbers, 0);
  }
}
