package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * One row of a matrix product against each of two pages. A single query does two operations for
 * every number that it reads, so that memory is what it waits for: two streams at a time keep the
 * processor's prefetchers busier than one.
 */
final class VectorPagePair {
  /** Columns of four vectors. */
  static final int PANEL = 4 * LANES;

  private VectorPagePair() {}

  /**
   * {@code y[lane] = Σ_n a[n] · b[n][lane]} for a panel of columns, and the same of another row and
   * page into {@code z}; each element is one chain from +0.
   *
   * @param aAt where the row for {@code b} begins in {@code a}, whose numbers stand together
   * @param cFrom where the row for {@code c} begins in {@code a}
   * @param at where term 0 begins in both pages
   * @param step how far terms lie apart there
   */
  static void row(
      float[] a,
      int aAt,
      int cFrom,
      float[] b,
      float[] c,
      int at,
      int step,
      int terms,
      float[] y,
      int yAt,
      float[] z,
      int zAt) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
    for (int n = 0, from = at; n < terms; n++, from += step) {
      FloatVector xb = FloatVector.broadcast(SPECIES, a[aAt + n]);
      b0 = xb.fma(FloatVector.fromArray(SPECIES, b, from), b0);
      b1 = xb.fma(FloatVector.fromArray(SPECIES, b, from + LANES), b1);
      b2 = xb.fma(FloatVector.fromArray(SPECIES, b, from + 2 * LANES), b2);
      b3 = xb.fma(FloatVector.fromArray(SPECIES, b, from + 3 * LANES), b3);
      FloatVector xc = FloatVector.broadcast(SPECIES, a[cFrom + n]);
      c0 = xc.fma(FloatVector.fromArray(SPECIES, c, from), c0);
      c1 = xc.fma(FloatVector.fromArray(SPECIES, c, from + LANES), c1);
      c2 = xc.fma(FloatVector.fromArray(SPECIES, c, from + 2 * LANES), c2);
      c3 = xc.fma(FloatVector.fromArray(SPECIES, c, from + 3 * LANES), c3);
    }
    b0.intoArray(y, yAt);
    b1.intoArray(y, yAt + LANES);
    b2.intoArray(y, yAt + 2 * LANES);
    b3.intoArray(y, yAt + 3 * LANES);
    c0.intoArray(z, zAt);
    c1.intoArray(z, zAt + LANES);
    c2.intoArray(z, zAt + 2 * LANES);
    c3.intoArray(z, zAt + 3 * LANES);
  }
}
