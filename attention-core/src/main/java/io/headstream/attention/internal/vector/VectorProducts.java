package io.headstream.attention.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix product, {@code y[r][lane] = Σ_n a[r][n] · b[n][lane]}: all that attention and
 * projections spend their time on. Lanes are columns of {@code b}, so that nothing is added across
 * lanes, and each element is one chain of multiply-adds from +0.
 *
 * <p>{@code a} is read one number at a time: row {@code r}, term {@code n} is {@code a[aAt + r ·
 * aRow + n · aTerm]}; {@code b} in vectors: term {@code n} begins at {@code b[bAt + n · bTerm]}.
 * Row {@code r} is written to {@code y} from {@code yAt + r · yRow} on, vectors {@code yVector}
 * apart. It is made block by block of {@link VectorBlocks}, whose sums stay in registers over all
 * terms: of as many vectors as {@link PanelShape} says, and of fewer for what is left.
 *
 * <p>Panels that lie densely, {@code [term][vectors]} and nothing between them, have methods of
 * their own: packed weights, a block of queries, a page of keys, values of as many channels. That
 * strides are constants spares checks and registers in the loop.
 */
final class VectorProducts {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int LANES = SPECIES.length();

  static final PanelShape SHAPE = PanelShape.of(SPECIES.vectorBitSize());

  static {
    VectorOperations.profile(SPECIES);
  }

  private VectorProducts() {}

  /**
   * The product.
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
    int take;
    for (int left = columns / LANES; left > 0; left -= take) {
      // One row or two leave registers for a wider panel.
      take = rows < 4 && left >= 4 ? 4 : SHAPE.next(left);
      switch (take) {
        case 4 -> four(a, aAt, aRow, aTerm, rows, b, bAt, bTerm, terms, y, yAt, yRow, yVector);
        case 3 -> three(a, aAt, aRow, aTerm, rows, b, bAt, bTerm, terms, y, yAt, yRow, yVector);
        case 2 -> two(a, aAt, aRow, aTerm, rows, b, bAt, bTerm, terms, y, yAt, yRow, yVector);
        default -> one(a, aAt, aRow, aTerm, rows, b, bAt, bTerm, terms, y, yAt, yRow, yVector);
      }
      bAt += take * LANES;
      yAt += take * yVector;
    }
  }

  private static void four(
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
    boolean dense = bTerm == 4 * LANES && terms % 2 == 0;
    if (dense && aTerm == 1) {
      for (; r + 4 <= rows; r += 4) {
        VectorBlocks.rows4x4Dense(
            a, aAt + r * aRow, aRow, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
    } else if (dense && aTerm == LANES && aRow == 1) {
      for (; r + 4 <= rows; r += 4) {
        VectorBlocks.rows4x4Lanes(a, aAt + r, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
    }
    for (; r + 4 <= rows; r += 4) {
      VectorBlocks.rows4x4(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    if (r + 2 <= rows) {
      VectorBlocks.rows2x4(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
      r += 2;
    }
    if (r < rows) {
      VectorBlocks.rows1x4(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
  }

  private static void three(
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
    if (bTerm == 3 * LANES && aTerm == 1) {
      for (; r + 4 <= rows; r += 4) {
        VectorBlocks.rows4x3Dense(
            a, aAt + r * aRow, aRow, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
    }
    for (; r + 4 <= rows; r += 4) {
      VectorBlocks.rows4x3(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    if (r + 2 <= rows) {
      VectorBlocks.rows2x3(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
      r += 2;
    }
    if (r < rows) {
      VectorBlocks.rows1x3(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
  }

  private static void two(
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
    if (bTerm == 2 * LANES && aTerm == 1) {
      for (; r + 6 <= rows; r += 6) {
        VectorBlocks.rows6x2Dense(
            a, aAt + r * aRow, aRow, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
      }
      if (terms % 2 == 0 && r + 4 <= rows) {
        VectorBlocks.rows4x2Dense(
            a, aAt + r * aRow, aRow, b, bAt, terms, y, yAt + r * yRow, yRow, yVector);
        r += 4;
      }
    }
    for (; r + 6 <= rows; r += 6) {
      VectorBlocks.rows6x2(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    if (r + 4 <= rows) {
      VectorBlocks.rows4x2(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
      r += 4;
    }
    for (; r < rows; r++) {
      VectorBlocks.rows1x2(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
  }

  private static void one(
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
      VectorBlocks.rows8x1(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
    if (r + 4 <= rows) {
      VectorBlocks.rows4x1(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
      r += 4;
    }
    for (; r < rows; r++) {
      VectorBlocks.rows1x1(
          a, aAt + r * aRow, aRow, aTerm, b, bAt, bTerm, terms, y, yAt + r * yRow, yRow, yVector);
    }
  }
}
