package io.headstream.attention.internal.vector;

import io.headstream.attention.internal.kernel.TileKernel;
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
 * <p>Panels that lie densely, {@code [term][vectors]} and nothing between them, and those with a
 * {@link #STEP} have methods of their own: that strides are constants spares checks and registers
 * in the loop.
 */
final class VectorProducts {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int LANES = SPECIES.length();

  /**
   * How far terms lie apart in a block of queries, in values of 64 channels, in the panels of 512
   * bits: so often that there are methods for this step alone.
   */
  static final int STEP = TileKernel.BLOCK;

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

  /**
   * One row with two panels of as many columns, whose terms and sums stand together: a single row
   * has too few sums to hide the latency of a multiply-add.
   *
   * @param columns of a panel: two vectors or three
   */
  static void rowWithPair(
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int nextAt,
      int terms,
      float[] y,
      int yAt,
      int columns) {
    if (columns == 3 * LANES) {
      VectorBlocks.rows2x3Pair(a, aAt, b, bAt, nextAt, terms, y, yAt, columns, LANES);
    } else {
      VectorBlocks.rows2x2Pair(a, aAt, b, bAt, nextAt, terms, y, yAt, columns, LANES);
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
    boolean even = terms % 2 == 0;
    boolean step = aTerm == 1 && bTerm == STEP;
    boolean lanes = aTerm == LANES && aRow == 1 && bTerm == STEP;
    for (; r + 4 <= rows; r += 4) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (step && even) {
        VectorBlocks.rows4x4Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (lanes && even) {
        VectorBlocks.rows4x4Lanes(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows4x4(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; r + 2 <= rows; r += 2) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (step) {
        VectorBlocks.rows2x4Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows2x4(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; r < rows; r++) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (step) {
        VectorBlocks.rows1x4Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows1x4(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
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
    boolean dense = aTerm == 1 && bTerm == 3 * LANES;
    boolean step = aTerm == 1 && bTerm == STEP;
    boolean lanes = aTerm == LANES && aRow == 1 && bTerm == STEP;
    for (; r + 4 <= rows; r += 4) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense) {
        VectorBlocks.rows4x3Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (step) {
        VectorBlocks.rows4x3Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (lanes) {
        VectorBlocks.rows4x3Lanes(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows4x3(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; dense && r + 3 <= rows; r += 3) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      VectorBlocks.rows3x3Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
    }
    for (; r + 2 <= rows; r += 2) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense) {
        VectorBlocks.rows2x3Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows2x3(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; r < rows; r++) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense) {
        VectorBlocks.rows1x3Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows1x3(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
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
    boolean even = terms % 2 == 0;
    boolean dense = aTerm == 1 && bTerm == 2 * LANES;
    boolean step = aTerm == 1 && bTerm == STEP;
    boolean lanes = aTerm == LANES && aRow == 1 && bTerm == STEP;
    for (; takesSix(rows - r); r += 6) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense) {
        VectorBlocks.rows6x2Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (step) {
        VectorBlocks.rows6x2Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows6x2(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; r + 4 <= rows; r += 4) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense && even) {
        VectorBlocks.rows4x2Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (step && even) {
        VectorBlocks.rows4x2Step(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (lanes && even) {
        VectorBlocks.rows4x2Lanes(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else if (even) {
        VectorBlocks.rows4x2Pairs(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows4x2(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
    for (; dense && r + 3 <= rows; r += 3) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      VectorBlocks.rows3x2Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
    }
    for (; r < rows; r++) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      if (dense) {
        VectorBlocks.rows1x2Dense(a, at, aRow, b, bAt, terms, y, to, yRow, yVector);
      } else {
        VectorBlocks.rows1x2(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
      }
    }
  }

  /** Six rows at a time, unless twice four are left. */
  private static boolean takesSix(int rowsLeft) {
    return rowsLeft >= 6 && rowsLeft != 8 && rowsLeft != 9;
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
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      VectorBlocks.rows8x1(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
    }
    for (; r + 4 <= rows; r += 4) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      VectorBlocks.rows4x1(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
    }
    for (; r < rows; r++) {
      int at = aAt + r * aRow;
      int to = yAt + r * yRow;
      VectorBlocks.rows1x1(a, at, aRow, aTerm, b, bAt, bTerm, terms, y, to, yRow, yVector);
    }
  }
}
