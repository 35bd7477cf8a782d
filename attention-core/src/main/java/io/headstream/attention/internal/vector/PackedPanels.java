package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SHAPE;

/**
 * Where the weights of a projection lie: groups of {@link #GROUP} output columns, each divided into
 * panels as {@link PanelShape} says, each panel {@code [input][columns of the panel]}. So the heads
 * of most models, which have 64 channels or divide them, end where a panel does, whatever its
 * shape.
 */
final class PackedPanels {
  /** Columns of a group. */
  static final int GROUP = 64;

  /**
   * Where the first panel begins: an array's numbers begin 16 bytes after the array, and a large
   * array begins where a line of the cache does, so that with this no vector lies in two lines.
   */
  private static final int FIRST = 12;

  // By vector of a group: the column where its panel begins, and how many that panel has.
  private static final int[] START = new int[GROUP / LANES];
  private static final int[] WIDTH = new int[GROUP / LANES];

  static {
    int width;
    for (int vector = 0; vector < START.length; vector += width) {
      width = SHAPE.next(START.length - vector);
      for (int v = vector; v < vector + width; v++) {
        START[v] = vector * LANES;
        WIDTH[v] = width * LANES;
      }
    }
  }

  private PackedPanels() {}

  /** Floats of all panels. */
  static int size(int outputs, int inputs) {
    return Math.addExact(FIRST, Math.multiplyExact(columns(outputs), inputs));
  }

  /** Output columns, rounded up to whole groups. */
  static int columns(int outputs) {
    return (outputs + GROUP - 1) / GROUP * GROUP;
  }

  /** The first column of the panel that has a column. */
  static int start(int column) {
    return column / GROUP * GROUP + START[column % GROUP / LANES];
  }

  /** Columns of the panel that has a column: how far one input lies from the next. */
  static int width(int column) {
    return WIDTH[column % GROUP / LANES];
  }

  /** Whether two panels are as wide as each other and narrow enough to be taken together. */
  static boolean pair(int column, int next) {
    int width = width(column);
    return width == width(next) && (width == 3 * LANES || width == 2 * LANES);
  }

  /** Where a column's weight of input 0 lies. */
  static int at(int column, int inputs) {
    int start = start(column);
    return FIRST + start * inputs + column - start;
  }
}
