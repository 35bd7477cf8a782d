package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Sums and products element by element. Of loops over two arrays with offsets of their own the JVM
 * makes no vectors by itself.
 */
final class VectorElements {
  private VectorElements() {}

  /** {@code y = y + x} of whole vectors. */
  static void add(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, y, yOffset + i)
          .add(FloatVector.fromArray(SPECIES, x, xOffset + i))
          .intoArray(y, yOffset + i);
    }
  }

  /** {@code y = a · b} of whole vectors. */
  static void multiply(
      int end, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector.fromArray(SPECIES, a, aOffset + i)
          .mul(FloatVector.fromArray(SPECIES, b, bOffset + i))
          .intoArray(y, yOffset + i);
    }
  }
}
