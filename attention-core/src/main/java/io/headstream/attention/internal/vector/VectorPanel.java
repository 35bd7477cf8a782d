package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.PANEL;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Four rows of a {@link VectorProducts product} with a panel that lies densely, {@code
 * [term][PANEL]}: packed weights, a block of queries, a page of keys, values of as many channels.
 *
 * <p>That strides are constants spares checks and registers in the loop, which takes two terms a
 * turn: one is a twentieth slower, three are too, and one method for both kinds of rows, whose
 * stride is no constant then, is an eighth slower.
 */
final class VectorPanel {
  private VectorPanel() {}

  /**
   * Rows whose terms stand together: row {@code r} begins at {@code x[xAt + r · xStride]}.
   *
   * @param terms an even number
   */
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
    for (int n = 0; n < terms; n += 2, wAt += 2 * PANEL) {
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, wAt);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, wAt + LANES);
      FloatVector u2 = FloatVector.fromArray(SPECIES, w, wAt + 2 * LANES);
      FloatVector u3 = FloatVector.fromArray(SPECIES, w, wAt + 3 * LANES);
      FloatVector uA = FloatVector.broadcast(SPECIES, x[xAt + n]);
      a0 = uA.fma(u0, a0);
      a1 = uA.fma(u1, a1);
      a2 = uA.fma(u2, a2);
      a3 = uA.fma(u3, a3);
      FloatVector uB = FloatVector.broadcast(SPECIES, x[xAt + xStride + n]);
      b0 = uB.fma(u0, b0);
      b1 = uB.fma(u1, b1);
      b2 = uB.fma(u2, b2);
      b3 = uB.fma(u3, b3);
      FloatVector uC = FloatVector.broadcast(SPECIES, x[xAt + 2 * xStride + n]);
      c0 = uC.fma(u0, c0);
      c1 = uC.fma(u1, c1);
      c2 = uC.fma(u2, c2);
      c3 = uC.fma(u3, c3);
      FloatVector uD = FloatVector.broadcast(SPECIES, x[xAt + 3 * xStride + n]);
      d0 = uD.fma(u0, d0);
      d1 = uD.fma(u1, d1);
      d2 = uD.fma(u2, d2);
      d3 = uD.fma(u3, d3);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, wAt + PANEL);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + LANES);
      FloatVector v2 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + 2 * LANES);
      FloatVector v3 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + 3 * LANES);
      FloatVector vA = FloatVector.broadcast(SPECIES, x[xAt + n + 1]);
      a0 = vA.fma(v0, a0);
      a1 = vA.fma(v1, a1);
      a2 = vA.fma(v2, a2);
      a3 = vA.fma(v3, a3);
      FloatVector vB = FloatVector.broadcast(SPECIES, x[xAt + xStride + n + 1]);
      b0 = vB.fma(v0, b0);
      b1 = vB.fma(v1, b1);
      b2 = vB.fma(v2, b2);
      b3 = vB.fma(v3, b3);
      FloatVector vC = FloatVector.broadcast(SPECIES, x[xAt + 2 * xStride + n + 1]);
      c0 = vC.fma(v0, c0);
      c1 = vC.fma(v1, c1);
      c2 = vC.fma(v2, c2);
      c3 = vC.fma(v3, c3);
      FloatVector vD = FloatVector.broadcast(SPECIES, x[xAt + 3 * xStride + n + 1]);
      d0 = vD.fma(v0, d0);
      d1 = vD.fma(v1, d1);
      d2 = vD.fma(v2, d2);
      d3 = vD.fma(v3, d3);
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
   *
   * @param terms an even number
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
    for (int n = 0; n < terms; n += 2, wAt += 2 * PANEL, xAt += 2 * LANES) {
      FloatVector u0 = FloatVector.fromArray(SPECIES, w, wAt);
      FloatVector u1 = FloatVector.fromArray(SPECIES, w, wAt + LANES);
      FloatVector u2 = FloatVector.fromArray(SPECIES, w, wAt + 2 * LANES);
      FloatVector u3 = FloatVector.fromArray(SPECIES, w, wAt + 3 * LANES);
      FloatVector uA = FloatVector.broadcast(SPECIES, x[xAt]);
      a0 = uA.fma(u0, a0);
      a1 = uA.fma(u1, a1);
      a2 = uA.fma(u2, a2);
      a3 = uA.fma(u3, a3);
      FloatVector uB = FloatVector.broadcast(SPECIES, x[xAt + 1]);
      b0 = uB.fma(u0, b0);
      b1 = uB.fma(u1, b1);
      b2 = uB.fma(u2, b2);
      b3 = uB.fma(u3, b3);
      FloatVector uC = FloatVector.broadcast(SPECIES, x[xAt + 2]);
      c0 = uC.fma(u0, c0);
      c1 = uC.fma(u1, c1);
      c2 = uC.fma(u2, c2);
      c3 = uC.fma(u3, c3);
      FloatVector uD = FloatVector.broadcast(SPECIES, x[xAt + 3]);
      d0 = uD.fma(u0, d0);
      d1 = uD.fma(u1, d1);
      d2 = uD.fma(u2, d2);
      d3 = uD.fma(u3, d3);
      FloatVector v0 = FloatVector.fromArray(SPECIES, w, wAt + PANEL);
      FloatVector v1 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + LANES);
      FloatVector v2 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + 2 * LANES);
      FloatVector v3 = FloatVector.fromArray(SPECIES, w, wAt + PANEL + 3 * LANES);
      FloatVector vA = FloatVector.broadcast(SPECIES, x[xAt + LANES]);
      a0 = vA.fma(v0, a0);
      a1 = vA.fma(v1, a1);
      a2 = vA.fma(v2, a2);
      a3 = vA.fma(v3, a3);
      FloatVector vB = FloatVector.broadcast(SPECIES, x[xAt + LANES + 1]);
      b0 = vB.fma(v0, b0);
      b1 = vB.fma(v1, b1);
      b2 = vB.fma(v2, b2);
      b3 = vB.fma(v3, b3);
      FloatVector vC = FloatVector.broadcast(SPECIES, x[xAt + LANES + 2]);
      c0 = vC.fma(v0, c0);
      c1 = vC.fma(v1, c1);
      c2 = vC.fma(v2, c2);
      c3 = vC.fma(v3, c3);
      FloatVector vD = FloatVector.broadcast(SPECIES, x[xAt + LANES + 3]);
      d0 = vD.fma(v0, d0);
      d1 = vD.fma(v1, d1);
      d2 = vD.fma(v2, d2);
      d3 = vD.fma(v3, d3);
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
