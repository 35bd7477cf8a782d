package io.headstream.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Looks for NaN and infinity by the Vector API. */
final class VectorFinite {
  private static final VectorSpecies<Float> SPECIES = VectorProducts.SPECIES;
  private static final int LANES = VectorProducts.LANES;

  private VectorFinite() {}

  /** Whether {@code n} numbers from {@code from} on are all finite. */
  static boolean allFinite(float[] data, int from, int n) {
    int whole = from + n / LANES * LANES;
    return vectorsFinite(data, from, whole)
        && KeyValueRows.allFinite(data, whole, from + n - whole);
  }

  /** An exponent of all ones and one more in its lowest bit carry into the sign. */
  private static boolean vectorsFinite(float[] data, int from, int end) {
    IntVector signs = FloatVector.zero(SPECIES).reinterpretAsInts();
    for (int at = from; at < end; at += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, data, at).reinterpretAsInts();
      signs = signs.or(bits.and(Integer.MAX_VALUE).add(1 << 23));
    }
    return signs.reduceLanes(VectorOperators.OR) >= 0;
  }
}
