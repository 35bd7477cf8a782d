package io.headstream.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of a matrix product, {@code y[r][lane] = Σ_n a[r][n] · b[n][lane]}: all that attention and
 * projections spend their time on. Lanes are columns of {@code b}, so that nothing is added across
 * lanes, and each element is one chain of multiply-adds from +0.
 *
 * <p>The sums stay in registers over all terms. {@code a} is read one number at a time: row {@code
 * r}, term {@code n} is {@code a[aAt + r · aRow + n · aTerm]}; {@code b} in vectors: term {@code n}
 * begins at {@code b[bAt + n · bTerm]}. Row {@code r} is written to {@code y} from {@code yAt + r ·
 * yRow} on. Four rows by four vectors are sixteen sums, a load for every two multiply-adds.
 */
final class VectorProducts {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int LANES = SPECIES.length();

  /** Columns of four vectors. */
  static final int PANEL = 4 * LANES;

  private VectorProducts() {}

  /** Four rows by a panel. */
  static void fourRows(
      float[] a,
      int aAt,
      int aRow,
      int aTerm,
      float[] b,
      int bAt,
      int bTerm,
      int terms,
      float[] y,
      int yAt,
      int yRow) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, b, at + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, b, at + 3 * LANES);
      FloatVector xa = FloatVector.broadcast(SPECIES, a[from]);
      a0 = xa.fma(w0, a0);
      a1 = xa.fma(w1, a1);
      a2 = xa.fma(w2, a2);
      a3 = xa.fma(w3, a3);
      FloatVector xb = FloatVector.broadcast(SPECIES, a[from + aRow]);
      b0 = xb.fma(w0, b0);
      b1 = xb.fma(w1, b1);
      b2 = xb.fma(w2, b2);
      b3 = xb.fma(w3, b3);
      FloatVector xc = FloatVector.broadcast(SPECIES, a[from + 2 * aRow]);
      c0 = xc.fma(w0, c0);
      c1 = xc.fma(w1, c1);
      c2 = xc.fma(w2, c2);
      c3 = xc.fma(w3, c3);
      FloatVector xd = FloatVector.broadcast(SPECIES, a[from + 3 * aRow]);
      d0 = xd.fma(w0, d0);
      d1 = xd.fma(w1, d1);
      d2 = xd.fma(w2, d2);
      d3 = xd.fma(w3, d3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
    int yB = yAt + yRow;
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + LANES);
    b2.intoArray(y, yB + 2 * LANES);
    b3.intoArray(y, yB + 3 * LANES);
    int yC = yB + yRow;
    c0.intoArray(y, yC);
    c1.intoArray(y, yC + LANES);
    c2.intoArray(y, yC + 2 * LANES);
    c3.intoArray(y, yC + 3 * LANES);
    int yD = yC + yRow;
    d0.intoArray(y, yD);
    d1.intoArray(y, yD + LANES);
    d2.intoArray(y, yD + 2 * LANES);
    d3.intoArray(y, yD + 3 * LANES);
  }

  /** Two rows by a panel. */
  static void twoRows(
      float[] a,
      int aAt,
      int aRow,
      int aTerm,
      float[] b,
      int bAt,
      int bTerm,
      int terms,
      float[] y,
      int yAt,
      int yRow) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, b, at + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, b, at + 3 * LANES);
      FloatVector xa = FloatVector.broadcast(SPECIES, a[from]);
      a0 = xa.fma(w0, a0);
      a1 = xa.fma(w1, a1);
      a2 = xa.fma(w2, a2);
      a3 = xa.fma(w3, a3);
      FloatVector xb = FloatVector.broadcast(SPECIES, a[from + aRow]);
      b0 = xb.fma(w0, b0);
      b1 = xb.fma(w1, b1);
      b2 = xb.fma(w2, b2);
      b3 = xb.fma(w3, b3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
    int yB = yAt + yRow;
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + LANES);
    b2.intoArray(y, yB + 2 * LANES);
    b3.intoArray(y, yB + 3 * LANES);
  }

  /** One row by a panel. */
  static void oneRow(
      float[] a, int aAt, int aTerm, float[] b, int bAt, int bTerm, int terms, float[] y, int yAt) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector xa = FloatVector.broadcast(SPECIES, a[from]);
      a0 = xa.fma(FloatVector.fromArray(SPECIES, b, at), a0);
      a1 = xa.fma(FloatVector.fromArray(SPECIES, b, at + LANES), a1);
      a2 = xa.fma(FloatVector.fromArray(SPECIES, b, at + 2 * LANES), a2);
      a3 = xa.fma(FloatVector.fromArray(SPECIES, b, at + 3 * LANES), a3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
  }

  /** Four rows by one vector. */
  static void fourRowsByVector(
      float[] a,
      int aAt,
      int aRow,
      int aTerm,
      float[] b,
      int bAt,
      int bTerm,
      int terms,
      float[] y,
      int yAt,
      int yRow) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0, s2 = s0, s3 = s0;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w = FloatVector.fromArray(SPECIES, b, at);
      s0 = w.fma(FloatVector.broadcast(SPECIES, a[from]), s0);
      s1 = w.fma(FloatVector.broadcast(SPECIES, a[from + aRow]), s1);
      s2 = w.fma(FloatVector.broadcast(SPECIES, a[from + 2 * aRow]), s2);
      s3 = w.fma(FloatVector.broadcast(SPECIES, a[from + 3 * aRow]), s3);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + yRow);
    s2.intoArray(y, yAt + 2 * yRow);
    s3.intoArray(y, yAt + 3 * yRow);
  }

  /** One row by one vector. */
  static void oneRowByVector(
      float[] a, int aAt, int aTerm, float[] b, int bAt, int bTerm, int terms, float[] y, int yAt) {
    FloatVector s = FloatVector.zero(SPECIES);
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w = FloatVector.fromArray(SPECIES, b, at);
      s = w.fma(FloatVector.broadcast(SPECIES, a[from]), s);
    }
    s.intoArray(y, yAt);
  }

  /**
   * Rows by columns, of which there are whole vectors: each block by the methods above.
   *
   * @param rows at least 1
   * @param columns a multiple of {@link #LANES}
   */
  static void rows(
      float[] a,
      int aAt,
      int aRow,
      int aTerm,
      int rows,
      float[] b,
      int bAt,
      int bTerm,
      int terms,
      float[] y,
      int yAt,
      int yRow,
      int columns) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      int from = aAt + r * aRow;
      int to = yAt + r * yRow;
      int c = 0;
      for (; c + PANEL <= columns; c += PANEL) {
        fourRows(a, from, aRow, aTerm, b, bAt + c, bTerm, terms, y, to + c, yRow);
      }
      for (; c < columns; c += LANES) {
        fourRowsByVector(a, from, aRow, aTerm, b, bAt + c, bTerm, terms, y, to + c, yRow);
      }
    }
    if (r + 2 <= rows) {
      int from = aAt + r * aRow;
      int to = yAt + r * yRow;
      int c = 0;
      for (; c + PANEL <= columns; c += PANEL) {
        twoRows(a, from, aRow, aTerm, b, bAt + c, bTerm, terms, y, to + c, yRow);
      }
      for (; c < columns; c += LANES) {
        oneRowByVector(a, from, aTerm, b, bAt + c, bTerm, terms, y, to + c);
        oneRowByVector(a, from + aRow, aTerm, b, bAt + c, bTerm, terms, y, to + yRow + c);
      }
      r += 2;
    }
    if (r < rows) {
      int from = aAt + r * aRow;
      int to = yAt + r * yRow;
      int c = 0;
      for (; c + PANEL <= columns; c += PANEL) {
        oneRow(a, from, aTerm, b, bAt + c, bTerm, terms, y, to + c);
      }
      for (; c < columns; c += LANES) {
        oneRowByVector(a, from, aTerm, b, bAt + c, bTerm, terms, y, to + c);
      }
    }
  }
}
