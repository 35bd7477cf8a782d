package io.headstream.attention.internal.vector;

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
 * yRow} on, vectors {@code yVector} apart. Four rows by four vectors are sixteen sums, a load for
 * every two multiply-adds.
 */
final class VectorProducts {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int LANES = SPECIES.length();

  /** Columns of four vectors. */
  static final int PANEL = 4 * LANES;

  static {
    VectorOperations.profile(SPECIES);
  }

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
      int yRow,
      int yVector) {
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
      int yRow,
      int yVector) {
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
    a1.intoArray(y, yAt + yVector);
    a2.intoArray(y, yAt + 2 * yVector);
    a3.intoArray(y, yAt + 3 * yVector);
    int yB = yAt + yRow;
    b0.intoArray(y, yB);
    b1.intoArray(y, yB + yVector);
    b2.intoArray(y, yB + 2 * yVector);
    b3.intoArray(y, yB + 3 * yVector);
  }

  /** One row by a panel. */
  static void oneRow(
      float[] a,
      int aAt,
      int aTerm,
      float[] b,
      int bAt,
      int bTerm,
      int terms,
      float[] y,
      int yAt,
      int yVector) {
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
    a1.intoArray(y, yAt + yVector);
    a2.intoArray(y, yAt + 2 * yVector);
    a3.intoArray(y, yAt + 3 * yVector);
  }

  /** Four rows by two vectors. */
  static void fourRowsByTwo(
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
      int yRow,
      int yVector) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero;
    FloatVector b0 = zero, b1 = zero;
    FloatVector c0 = zero, c1 = zero;
    FloatVector d0 = zero, d1 = zero;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector xa = FloatVector.broadcast(SPECIES, a[from]);
      a0 = xa.fma(w0, a0);
      a1 = xa.fma(w1, a1);
      FloatVector xb = FloatVector.broadcast(SPECIES, a[from + aRow]);
      b0 = xb.fma(w0, b0);
      b1 = xb.fma(w1, b1);
      FloatVector xc = FloatVector.broadcast(SPECIES, a[from + 2 * aRow]);
      c0 = xc.fma(w0, c0);
      c1 = xc.fma(w1, c1);
      FloatVector xd = FloatVector.broadcast(SPECIES, a[from + 3 * aRow]);
      d0 = xd.fma(w0, d0);
      d1 = xd.fma(w1, d1);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + yVector);
    b0.intoArray(y, yAt + yRow);
    b1.intoArray(y, yAt + yRow + yVector);
    c0.intoArray(y, yAt + 2 * yRow);
    c1.intoArray(y, yAt + 2 * yRow + yVector);
    d0.intoArray(y, yAt + 3 * yRow);
    d1.intoArray(y, yAt + 3 * yRow + yVector);
  }

  /** Eight rows by one vector. */
  static void eightRowsByVector(
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
    FloatVector s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (int n = 0, at = bAt, from = aAt; n < terms; n++, at += bTerm, from += aTerm) {
      FloatVector w = FloatVector.fromArray(SPECIES, b, at);
      s0 = w.fma(FloatVector.broadcast(SPECIES, a[from]), s0);
      s1 = w.fma(FloatVector.broadcast(SPECIES, a[from + aRow]), s1);
      s2 = w.fma(FloatVector.broadcast(SPECIES, a[from + 2 * aRow]), s2);
      s3 = w.fma(FloatVector.broadcast(SPECIES, a[from + 3 * aRow]), s3);
      s4 = w.fma(FloatVector.broadcast(SPECIES, a[from + 4 * aRow]), s4);
      s5 = w.fma(FloatVector.broadcast(SPECIES, a[from + 5 * aRow]), s5);
      s6 = w.fma(FloatVector.broadcast(SPECIES, a[from + 6 * aRow]), s6);
      s7 = w.fma(FloatVector.broadcast(SPECIES, a[from + 7 * aRow]), s7);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + yRow);
    s2.intoArray(y, yAt + 2 * yRow);
    s3.intoArray(y, yAt + 3 * yRow);
    s4.intoArray(y, yAt + 4 * yRow);
    s5.intoArray(y, yAt + 5 * yRow);
    s6.intoArray(y, yAt + 6 * yRow);
    s7.intoArray(y, yAt + 7 * yRow);
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
   * Rows by columns, of which there are whole vectors, block by block.
   *
   * @param rows at least 0
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
      int yVector,
      int columns) {
    int c = 0;
    for (; c + PANEL <= columns; c += PANEL) {
      panel(
          a,
          aAt,
          aRow,
          aTerm,
          rows,
          b,
          bAt + c,
          bTerm,
          terms,
          y,
          yAt + c / LANES * yVector,
          yRow,
          yVector);
    }
    for (; c + 2 * LANES <= columns; c += 2 * LANES) {
      twoVectors(
          a,
          aAt,
          aRow,
          aTerm,
          rows,
          b,
          bAt + c,
          bTerm,
          terms,
          y,
          yAt + c / LANES * yVector,
          yRow,
          yVector);
    }
    if (c < columns) {
      oneVector(
          a,
          aAt,
          aRow,
          aTerm,
          rows,
          b,
          bAt + c,
          bTerm,
          terms,
          y,
          yAt + c / LANES * yVector,
          yRow,
          yVector);
    }
  }

  private static void panel(
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
      int yVector) {
    int r = 0;
    boolean dense = bTerm == PANEL && terms % 2 == 0;
    if (dense && aTerm == 1) {
      for (; r + 4 <= rows; r += 4) {
        int at = aAt + r * aRow;
        VectorPanel.fourRows(a, at, aRow, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
    } else if (dense && aTerm == LANES && aRow == 1) {
      for (; r + 4 <= rows; r += 4) {
        VectorPanel.fourLanes(a, aAt + r, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
    }
    for (; r + 4 <= rows; r += 4) {
      int at = aAt + r * aRow;
      fourRows(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    if (r + 2 <= rows) {
      twoRows(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
      r += 2;
    }
    if (r < rows) {
      oneRow(a, aAt + r * aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yVector);
    }
  }

  private static void twoVectors(
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
      int yVector) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      fourRowsByTwo(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    for (; r < rows; r++) {
      int from = aAt + r * aRow;
      int to = yAt + r * yRow;
      oneRowByVector(a, from, aTerm, b, bAt, bTerm, terms, y, to);
      oneRowByVector(a, from, aTerm, b, bAt + LANES, bTerm, terms, y, to + yVector);
    }
  }

  private static void oneVector(
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
      int yVector) {
    int r = 0;
    for (; r + 8 <= rows; r += 8) {
      int from = aAt + r * aRow;
      eightRowsByVector(a, from, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow);
    }
    if (r + 4 <= rows) {
      int from = aAt + r * aRow;
      fourRowsByVector(a, from, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow);
      r += 4;
    }
    for (; r < rows; r++) {
      oneRowByVector(a, aAt + r * aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow);
    }
  }
}
