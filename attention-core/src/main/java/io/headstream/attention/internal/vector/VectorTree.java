package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.TileKernel;
import jdk.incubator.vector.FloatVector;

/** Joins sixteen chains to one sum for each lane, as a fixed tree. */
final class VectorTree implements SoftmaxPass {

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    boolean each = end - from <= TileKernel.CHAINS * LANES; // each weight is a chain
    join(each ? s : of.chains, each ? from : 0, of.sum);
  }

  private static void join(float[] v, int at, float[] sum) {
    FloatVector a0 =
        FloatVector.fromArray(SPECIES, v, at)
            .add(FloatVector.fromArray(SPECIES, v, at + 8 * LANES));
    FloatVector a1 =
        FloatVector.fromArray(SPECIES, v, at + LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 9 * LANES));
    FloatVector a2 =
        FloatVector.fromArray(SPECIES, v, at + 2 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 10 * LANES));
    FloatVector a3 =
        FloatVector.fromArray(SPECIES, v, at + 3 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 11 * LANES));
    FloatVector a4 =
        FloatVector.fromArray(SPECIES, v, at + 4 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 12 * LANES));
    FloatVector a5 =
        FloatVector.fromArray(SPECIES, v, at + 5 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 13 * LANES));
    FloatVector a6 =
        FloatVector.fromArray(SPECIES, v, at + 6 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 14 * LANES));
    FloatVector a7 =
        FloatVector.fromArray(SPECIES, v, at + 7 * LANES)
            .add(FloatVector.fromArray(SPECIES, v, at + 15 * LANES));
    FloatVector even = a0.add(a4).add(a2.add(a6));
    FloatVector odd = a1.add(a5).add(a3.add(a7));
    even.add(odd).intoArray(sum, 0);
  }
}
