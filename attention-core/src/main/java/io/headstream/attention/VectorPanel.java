package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.PANEL;
import static io.headstream.attention.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link VectorProducts} of rows by a panel of packed weights, {@code [term][PANEL]}, whose
 * constant stride spares checks in the loop.
 */
final class VectorPanel {
  private VectorPanel() {}

  /**
   * The products of rows of {@code x} with a panel.
   *
   * @param rows at least 0
   * @param wAt where the panel begins
   * @param terms numbers of a row
   * @param y row {@code r} is written from {@code yAt + r · yStride} on
   */
  static void rows(
      float[] x,
      int xAt,
      int xStride,
      int rows,
      float[] w,
      int wAt,
      int terms,
      float[] y,
      int yAt,
      int yStride) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      fourRows(x, xAt + r * xStride, xStride, w, wAt, terms, y, yAt + r * yStride, yStride);
    }
    if (r < rows) {
      VectorProducts.rows(
          x,
          xAt + r * xStride,
          xStride,
          1,
          rows - r,
          w,
          wAt,
          PANEL,
          terms,
          y,
          yAt + r * yStride,
          yStride,
          LANES,
          PANEL);
    }
  }

  /** Four rows. */
  private static void fourRows(
      float[] x,
      int xRow,
      int xStride,
      float[] w,
      int wAt,
      int terms,
      float[] y,
      int yRow,
      int yStride) {
    int yB = yRow + yStride;
    int yC = yB + yStride;
    int yD = yC + yStride;
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
      FloatVector xA = FloatVector.broadcast(SPECIES, x[xRow + n]);
      a0 = xA.fma(w0, a0);
      a1 = xA.fma(w1, a1);
      a2 = xA.fma(w2, a2);
      a3 = xA.fma(w3, a3);
      FloatVector xB = FloatVector.broadcast(SPECIES, x[xRow + xStride + n]);
      b0 = xB.fma(w0, b0);
      b1 = xB.fma(w1, b1);
      b2 = xB.fma(w2, b2);
      b3 = xB.fma(w3, b3);
      FloatVector xC = FloatVector.broadcast(SPECIES, x[xRow + 2 * xStride + n]);
      c0 = xC.fma(w0, c0);
      c1 = xC.fma(w1, c1);
      c2 = xC.fma(w2, c2);
      c3 = xC.fma(w3, c3);
      FloatVector xD = FloatVector.broadcast(SPECIES, x[xRow + 3 * xStride + n]);
      d0 = xD.fma(w0, d0);
      d1 = xD.fma(w1, d1);
      d2 = xD.fma(w2, d2);
      d3 = xD.fma(w3, d3);
    }
    a0.intoArray(y, yRow);
    a1.intoArray(y, yRow + LANES);
    a2.intoArray(y, yRow + 2 * LANES);
    a3.intoArray(y, yRow + 3 * LANES);
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + LANES);
    b2.intoArray(y, yB + 2 * LANES);
    b3.intoArray(y, yB + 3 * LANES);
    c0.intoArray(y, yC);
    c1.intoArray(y, yC + LANES);
    c2.intoArray(y, yC + 2 * LANES);
    c3.intoArray(y, yC + 3 * LANES);
    d0.intoArray(y, yD);
    d1.intoArray(y, yD + LANES);
    d2.intoArray(y, yD + 2 * LANES);
    d3.intoArray(y, yD + 3 * LANES);
  }
}
