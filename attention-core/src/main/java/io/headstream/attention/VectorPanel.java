package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.PANEL;
import static io.headstream.attention.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Four rows of a {@link VectorProducts product} with a panel that lies densely, {@code
 * [term][PANEL]}: packed weights, a block of queries, a page of keys, values of as many channels.
 *
 * <p>That the stride is a constant spares checks and registers in the loop. Two terms at a time
 * would be one in a hundred faster, but are more nodes than C2 takes in: some stores are not
 * inlined then, in one JVM of four, and vectors become objects.
 */
final class VectorPanel {
  private VectorPanel() {}

  /** Rows whose terms stand together: row {@code r} begins at {@code x[xAt + r · xStride]}. */
  static void fourRows(
      float[] x,
      int xAt,
      int xStride,
      float[] w,
      int wAt,
      int terms,
      float[] y,
      int yAt,
      int yRow,
      int yVector) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
    for (int n = 0; n < terms; n++, wAt += PANEL) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, wAt);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, wAt + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, wAt + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, wAt + 3 * LANES);
      FloatVector xA = FloatVector.broadcast(SPECIES, x[xAt + n]);
      a0 = xA.fma(w0, a0);
      a1 = xA.fma(w1, a1);
      a2 = xA.fma(w2, a2);
      a3 = xA.fma(w3, a3);
      FloatVector xB = FloatVector.broadcast(SPECIES, x[xAt + xStride + n]);
      b0 = xB.fma(w0, b0);
      b1 = xB.fma(w1, b1);
      b2 = xB.fma(w2, b2);
      b3 = xB.fma(w3, b3);
      FloatVector xC = FloatVector.broadcast(SPECIES, x[xAt + 2 * xStride + n]);
      c0 = xC.fma(w0, c0);
      c1 = xC.fma(w1, c1);
      c2 = xC.fma(w2, c2);
      c3 = xC.fma(w3, c3);
      FloatVector xD = FloatVector.broadcast(SPECIES, x[xAt + 3 * xStride + n]);
      d0 = xD.fma(w0, d0);
      d1 = xD.fma(w1, d1);
      d2 = xD.fma(w2, d2);
      d3 = xD.fma(w3, d3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + yVector);
    a2.intoArray(y, yAt + 2 * yVector);
    a3.intoArray(y, yAt + 3 * yVector);
    int yB = yAt + yRow;
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + yVector);
    b2.intoArray(y, yB + 2 * yVector);
    b3.intoArray(y, yB + 3 * yVector);
    int yC = yB + yRow;
    c0.intoArray(y, yC);
    c1.intoArray(y, yC + yVector);
    c2.intoArray(y, yC + 2 * yVector);
    c3.intoArray(y, yC + 3 * yVector);
    int yD = yC + yRow;
    d0.intoArray(y, yD);
    d1.intoArray(y, yD + yVector);
    d2.intoArray(y, yD + 2 * yVector);
    d3.intoArray(y, yD + 3 * yVector);
  }

  /**
   * Rows that stand beside each other: term {@code n} of row {@code r} is {@code x[xAt + r + n ·
   * LANES]}.
   */
  static void fourLanes(
      float[] x,
      int xAt,
      float[] w,
      int wAt,
      int terms,
      float[] y,
      int yAt,
      int yRow,
      int yVector) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
    for (int n = 0; n < terms; n++, wAt += PANEL, xAt += LANES) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, wAt);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, wAt + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, wAt + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, wAt + 3 * LANES);
      FloatVector xA = FloatVector.broadcast(SPECIES, x[xAt]);
      a0 = xA.fma(w0, a0);
      a1 = xA.fma(w1, a1);
      a2 = xA.fma(w2, a2);
      a3 = xA.fma(w3, a3);
      FloatVector xB = FloatVector.broadcast(SPECIES, x[xAt + 1]);
      b0 = xB.fma(w0, b0);
      b1 = xB.fma(w1, b1);
      b2 = xB.fma(w2, b2);
      b3 = xB.fma(w3, b3);
      FloatVector xC = FloatVector.broadcast(SPECIES, x[xAt + 2]);
      c0 = xC.fma(w0, c0);
      c1 = xC.fma(w1, c1);
      c2 = xC.fma(w2, c2);
      c3 = xC.fma(w3, c3);
      FloatVector xD = FloatVector.broadcast(SPECIES, x[xAt + 3]);
      d0 = xD.fma(w0, d0);
      d1 = xD.fma(w1, d1);
      d2 = xD.fma(w2, d2);
      d3 = xD.fma(w3, d3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + yVector);
    a2.intoArray(y, yAt + 2 * yVector);
    a3.intoArray(y, yAt + 3 * yVector);
    int yB = yAt + yRow;
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + yVector);
    b2.intoArray(y, yB + 2 * yVector);
    b3.intoArray(y, yB + 3 * yVector);
    int yC = yB + yRow;
    c0.intoArray(y, yC);
    c1.intoArray(y, yC + yVector);
    c2.intoArray(y, yC + 2 * yVector);
    c3.intoArray(y, yC + 3 * yVector);
    int yD = yC + yRow;
    d0.intoArray(y, yD);
    d1.intoArray(y, yD + yVector);
    d2.intoArray(y, yD + 2 * yVector);
    d3.intoArray(y, yD + 3 * yVector);
  }
}
