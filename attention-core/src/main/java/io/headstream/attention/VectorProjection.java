package io.headstream.attention;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A {@link Projection} by the Vector API. Lanes are output channels, so that nothing is added
 * across lanes.
 *
 * <p>Weights are packed in panels of four vectors of output channels, {@code [panel][input][lane]}.
 * Four rows by one panel are sixteen sums, which stay in registers over all inputs: per input four
 * loads of weights, four broadcasts of {@code x}, sixteen multiply-adds.
 */
final class VectorProjection implements Projection {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Vectors of a panel. */
  private static final int VECTORS = 4;

  /** Output channels of a panel. */
  private static final int PANEL = VECTORS * LANES;

  /** Rows that share the registers. */
  private static final int ROWS = 4;

  /** Rows that go over a panel before the next panel comes: they and it stay in the cache. */
  private static final int BLOCK = 96;

  private final int inputs;
  private final float[] packed; // [panels][inputs][PANEL], padded with 0
  private final float[] bias; // [panels * PANEL], padded with 0, or null

  VectorProjection(float[] weight, float[] bias, int outputs, int inputs) {
    int panels = (outputs + PANEL - 1) / PANEL;
    this.inputs = inputs;
    this.packed = new float[Math.multiplyExact(panels * PANEL, inputs)];
    this.bias = bias == null ? null : new float[panels * PANEL];
    for (int o = 0; o < outputs; o++) {
      int column = panelStart(o / PANEL) + o % PANEL;
      for (int i = 0; i < inputs; i++) {
        packed[column + i * PANEL] = weight[o * inputs + i];
      }
    }
    if (bias != null) {
      System.arraycopy(bias, 0, this.bias, 0, outputs);
    }
  }

  static int vectorBits() {
    return SPECIES.vectorBitSize();
  }

  private int panelStart(int panel) {
    return panel * inputs * PANEL;
  }

  @Override
  public void project(Rows x, int rows, int from, int to, Rows y, Workspace workspace) {
    float[] sums = workspace.sums(ROWS * LANES);
    for (int first = 0; first < rows; first += BLOCK) {
      int end = Math.min(rows, first + BLOCK);
      for (int column = from; column < to; ) {
        int panel = column / PANEL;
        if (column == panel * PANEL && column + PANEL <= to) {
          wholePanel(x, first, end, panel, y, column - from);
          addBias(panel, y, first, end, column - from);
          column += PANEL;
        } else {
          int vector = column / LANES;
          int last = Math.min(to, (vector + 1) * LANES);
          oneVector(x, first, end, vector, column, last, y, column - from, sums);
          column = last;
        }
      }
    }
  }

  /** All rows of a block by one panel; the last four rows may overlap the four before them. */
  private void wholePanel(Rows x, int first, int end, int panel, Rows y, int yColumn) {
    int row = first;
    for (; row + ROWS <= end; row += ROWS) {
      fourRows(x.data(), x.row(row), x.stride(), panel, y.data(), y.row(row) + yColumn, y.stride());
    }
    if (row < end && end - first >= ROWS) {
      // Computed again, the rows before have the same bits.
      row = end - ROWS;
      fourRows(x.data(), x.row(row), x.stride(), panel, y.data(), y.row(row) + yColumn, y.stride());
      return;
    }
    for (; row < end; row++) {
      oneRow(x.data(), x.row(row), panel, y.data(), y.row(row) + yColumn);
    }
  }

  private void fourRows(
      float[] x, int xRow, int xStride, int panel, float[] y, int yRow, int yStride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero, d3 = zero;
    int w = panelStart(panel);
    for (int i = 0; i < inputs; i++, w += PANEL) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, packed, w);
      FloatVector w1 = FloatVector.fromArray(SPECIES, packed, w + LANES);
      FloatVector w2 = FloatVector.fromArray(SPECIES, packed, w + 2 * LANES);
      FloatVector w3 = FloatVector.fromArray(SPECIES, packed, w + 3 * LANES);
      FloatVector xa = FloatVector.broadcast(SPECIES, x[xRow + i]);
      a0 = xa.fma(w0, a0);
      a1 = xa.fma(w1, a1);
      a2 = xa.fma(w2, a2);
      a3 = xa.fma(w3, a3);
      FloatVector xb = FloatVector.broadcast(SPECIES, x[xRow + xStride + i]);
      b0 = xb.fma(w0, b0);
      b1 = xb.fma(w1, b1);
      b2 = xb.fma(w2, b2);
      b3 = xb.fma(w3, b3);
      FloatVector xc = FloatVector.broadcast(SPECIES, x[xRow + 2 * xStride + i]);
      c0 = xc.fma(w0, c0);
      c1 = xc.fma(w1, c1);
      c2 = xc.fma(w2, c2);
      c3 = xc.fma(w3, c3);
      FloatVector xd = FloatVector.broadcast(SPECIES, x[xRow + 3 * xStride + i]);
      d0 = xd.fma(w0, d0);
      d1 = xd.fma(w1, d1);
      d2 = xd.fma(w2, d2);
      d3 = xd.fma(w3, d3);
    }
    a0.intoArray(y, yRow);
    a1.intoArray(y, yRow + LANES);
    a2.intoArray(y, yRow + 2 * LANES);
    a3.intoArray(y, yRow + 3 * LANES);
    b0.intoArray(y, yRow + yStride);
    b1.intoArray(y, yRow + yStride + LANES);
    b2.intoArray(y, yRow + yStride + 2 * LANES);
    b3.intoArray(y, yRow + yStride + 3 * LANES);
    c0.intoArray(y, yRow + 2 * yStride);
    c1.intoArray(y, yRow + 2 * yStride + LANES);
    c2.intoArray(y, yRow + 2 * yStride + 2 * LANES);
    c3.intoArray(y, yRow + 2 * yStride + 3 * LANES);
    d0.intoArray(y, yRow + 3 * yStride);
    d1.intoArray(y, yRow + 3 * yStride + LANES);
    d2.intoArray(y, yRow + 3 * yStride + 2 * LANES);
    d3.intoArray(y, yRow + 3 * yStride + 3 * LANES);
  }

  private void oneRow(float[] x, int xRow, int panel, float[] y, int yRow) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    int w = panelStart(panel);
    for (int i = 0; i < inputs; i++, w += PANEL) {
      FloatVector xa = FloatVector.broadcast(SPECIES, x[xRow + i]);
      a0 = xa.fma(FloatVector.fromArray(SPECIES, packed, w), a0);
      a1 = xa.fma(FloatVector.fromArray(SPECIES, packed, w + LANES), a1);
      a2 = xa.fma(FloatVector.fromArray(SPECIES, packed, w + 2 * LANES), a2);
      a3 = xa.fma(FloatVector.fromArray(SPECIES, packed, w + 3 * LANES), a3);
    }
    a0.intoArray(y, yRow);
    a1.intoArray(y, yRow + LANES);
    a2.intoArray(y, yRow + 2 * LANES);
    a3.intoArray(y, yRow + 3 * LANES);
  }

  /** The bias of a panel, once its sums lie in {@code y}: no vector is an argument, see C2. */
  private void addBias(int panel, Rows y, int first, int end, int yColumn) {
    if (bias == null) {
      return;
    }
    for (int row = first; row < end; row++) {
      addBias(y.data(), y.row(row) + yColumn, panel * PANEL);
    }
  }

  private void addBias(float[] y, int yRow, int o) {
    for (int lane = 0; lane < PANEL; lane += LANES) {
      FloatVector.fromArray(SPECIES, y, yRow + lane)
          .add(FloatVector.fromArray(SPECIES, bias, o + lane))
          .intoArray(y, yRow + lane);
    }
  }

  /** Columns of one vector of outputs, where a range begins or ends inside a panel. */
  private void oneVector(
      Rows x,
      int first,
      int end,
      int vector,
      int column,
      int last,
      Rows y,
      int yColumn,
      float[] sums) {
    int w = panelStart(vector / VECTORS) + vector % VECTORS * LANES;
    int row = first;
    for (; row + ROWS <= end; row += ROWS) {
      fourRowsByVector(x.data(), x.row(row), x.stride(), w, sums);
      for (int r = 0; r < ROWS; r++) {
        copy(sums, r * LANES, column, last, y, row + r, yColumn);
      }
    }
    for (; row < end; row++) {
      oneRowByVector(x.data(), x.row(row), w, sums);
      copy(sums, 0, column, last, y, row, yColumn);
    }
  }

  /** Output channels {@code column} to {@code last} of a vector of sums. */
  private void copy(float[] sums, int at, int column, int last, Rows y, int row, int yColumn) {
    float[] data = y.data();
    int to = y.row(row) + yColumn - column;
    for (int o = column; o < last; o++) {
      float sum = sums[at + o % LANES];
      data[to + o] = bias == null ? sum : sum + bias[o];
    }
  }

  private void fourRowsByVector(float[] x, int xRow, int xStride, int w, float[] sums) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < inputs; i++, w += PANEL) {
      FloatVector wi = FloatVector.fromArray(SPECIES, packed, w);
      a = wi.fma(FloatVector.broadcast(SPECIES, x[xRow + i]), a);
      b = wi.fma(FloatVector.broadcast(SPECIES, x[xRow + xStride + i]), b);
      c = wi.fma(FloatVector.broadcast(SPECIES, x[xRow + 2 * xStride + i]), c);
      d = wi.fma(FloatVector.broadcast(SPECIES, x[xRow + 3 * xStride + i]), d);
    }
    a.intoArray(sums, 0);
    b.intoArray(sums, LANES);
    c.intoArray(sums, 2 * LANES);
    d.intoArray(sums, 3 * LANES);
  }

  private void oneRowByVector(float[] x, int xRow, int w, float[] sums) {
    FloatVector a = FloatVector.zero(SPECIES);
    for (int i = 0; i < inputs; i++, w += PANEL) {
      FloatVector wi = FloatVector.fromArray(SPECIES, packed, w);
      a = wi.fma(FloatVector.broadcast(SPECIES, x[xRow + i]), a);
    }
    a.intoArray(sums, 0);
  }
}
