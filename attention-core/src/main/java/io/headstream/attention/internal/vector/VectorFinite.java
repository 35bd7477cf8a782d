package io.headstream.attention.internal.vector;

import io.headstream.attention.internal.kernel.KeyValueRows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Looks for NaN and infinity by the Vector API. */
final class VectorFinite {
  private static final VectorSpecies<Float> SPECIES = VectorProducts.SPECIES;
  private static final int LANES = VectorProducts.LANES;

  private VectorFinite() {}

  /** Whether the {@code n} numbers of each of some rows from {@code from} on are all finite. */
  static boolean allFinite(float[] data, int from, int rows, int stride, int n) {
    int whole = n / LANES * LANES;
    int signs = 0;
    for (int row = 0, at = from; row < rows; row++, at += stride) {
      signs |= signs(data, at, at + whole);
    }
    return signs >= 0 && KeyValueRows.allFinite(data, from + whole, rows, stride, n - whole);
  }

  /** An exponent of all ones and one more in its lowest bit carry into the sign. */
  private static int signs(float[] data, int from, int end) {
    IntVector signs = FloatVector.zero(SPECIES).reinterpretAsInts();
    for (int at = from; at < end; at += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, data, at).reinterpretAsInts();
      signs = bits.and(Integer.MAX_VALUE).add(1 << 23).or(signs);
    }
    return FloatVector.zero(SPECIES).reinterpretAsInts().or(signs).reduceLanes(VectorOperators.OR);
  }
}
