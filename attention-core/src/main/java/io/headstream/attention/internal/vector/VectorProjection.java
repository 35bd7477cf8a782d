package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.ProjectionPacker;
import io.headstream.attention.internal.kernel.Rows;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A {@link PackedProjection} by the Vector API. Lanes are output channels, so that nothing is added
 * across lanes.
 *
 * <p>Weights are packed in {@link PackedPanels panels}.
 */
final class VectorProjection implements PackedProjection {
  /** Rows that go over a panel before the next panel comes: they and it stay in the cache. */
  private static final int BLOCK = 64;

  /** Rows that are summed beside the results, to be put in their places from there. */
  private static final int ASIDE = 8;

  private final int inputs;
  private final float[] packed; // PackedPanels, padded with 0
  private final float[] bias; // [columns], padded with 0 as they are, or null

  private VectorProjection(float[] packed, float[] bias, int inputs) {
    this.inputs = inputs;
    this.packed = packed;
    this.bias = bias;
  }

  static int vectorBits() {
    return SPECIES.vectorBitSize();
  }

  @Override
  public void weights(int output, float[] to, int at) {
    int width = PackedPanels.width(output);
    for (int i = 0, from = PackedPanels.at(output, inputs); i < inputs; i++, from += width) {
      to[at + i] = packed[from];
    }
  }

  @Override
  public int scratch() {
    return ASIDE * PackedPanels.GROUP;
  }

  @Override
  public void projectHeads(
      Rows x, int rows, int from, int to, int headDim, Rows y, int headStride, float[] sums) {
    for (int first = 0; first < rows; first += BLOCK) {
      int end = Math.min(rows, first + BLOCK);
      for (int column = from; column < to; ) {
        int panel = PackedPanels.start(column);
        int width = PackedPanels.width(column);
        int last = Math.min(to, panel + width);
        int head = (column - from) / headDim;
        if (last - column == width && head == (last - 1 - from) / headDim) {
          int at = head * headStride + column - from - head * headDim;
          int next = last + width;
          if (end - first == 1
              && next <= to
              && head == (next - 1 - from) / headDim
              && PackedPanels.pair(column, last)) {
            pairInPlace(x, first, panel, width, y, at);
            last = next;
          } else {
            inPlace(x, first, end, panel, width, y, at);
          }
        } else {
          aside(x, first, end, column, last, from, headDim, y, headStride, sums);
        }
        column = last;
      }
    }
  }

  /** A whole panel that goes to one head's rows. */
  private void inPlace(Rows x, int first, int end, int panel, int width, Rows y, int at) {
    int yAt = y.row(first) + at;
    products(x, first, end - first, panel, y.data(), yAt, y.stride(), width);
    addBias(y, yAt, end - first, panel, width);
  }

  /** Two whole panels of one row. */
  private void pairInPlace(Rows x, int row, int panel, int width, Rows y, int at) {
    int yAt = y.row(row) + at;
    int w = PackedPanels.at(panel, inputs);
    int next = PackedPanels.at(panel + width, inputs);
    VectorProducts.rowWithPair(x.data(), x.row(row), packed, w, next, inputs, y.data(), yAt, width);
    addBias(y, yAt, 1, panel, 2 * width);
  }

  private void addBias(Rows y, int at, int rows, int column, int columns) {
    if (bias != null) {
      for (int c = 0; c < columns; c += LANES) {
        addBias(y.data(), at + c, y.stride(), rows, bias, column + c);
      }
    }
  }

  private static void addBias(float[] y, int at, int stride, int rows, float[] bias, int o) {
    FloatVector added = FloatVector.fromArray(SPECIES, bias, o);
    for (int row = 0; row < rows; row++, at += stride) {
      added.add(FloatVector.fromArray(SPECIES, y, at)).intoArray(y, at);
    }
  }

  /** Columns of one panel that go to several heads, or are no whole panel. */
  private void aside(
      Rows x,
      int first,
      int end,
      int column,
      int last,
      int from,
      int headDim,
      Rows y,
      int headStride,
      float[] sums) {
    int start = column / LANES * LANES;
    int columns = (last - start + LANES - 1) / LANES * LANES;
    for (int row = first; row < end; row += ASIDE) {
      int rows = Math.min(ASIDE, end - row);
      products(x, row, rows, start, sums, 0, PackedPanels.GROUP, columns);
      for (int o = column; o < last; ) {
        int head = (o - from) / headDim;
        int next = Math.min(last, from + (head + 1) * headDim);
        int to = head * headStride + o - from - head * headDim;
        for (int r = 0; r < rows; r++) {
          copy(
              sums, r * PackedPanels.GROUP + o - start, o, y.data(), y.row(row + r) + to, next - o);
        }
        o = next;
      }
    }
  }

  /** The sums of columns of one panel, from {@code column} on. */
  private void products(
      Rows x, int first, int rows, int column, float[] y, int yAt, int yRow, int columns) {
    VectorProducts.rows(
        x.data(),
        x.row(first),
        x.stride(),
        1,
        rows,
        packed,
        PackedPanels.at(column, inputs),
        PackedPanels.width(column),
        inputs,
        y,
        yAt,
        yRow,
        LANES,
        columns);
  }

  /** {@code n} sums to where they belong, with the bias of the outputs from {@code o} on. */
  private void copy(float[] sums, int at, int o, float[] y, int to, int n) {
    if (bias == null) {
      System.arraycopy(sums, at, y, to, n);
      return;
    }
    int c = 0;
    for (; c + LANES <= n; c += LANES) {
      FloatVector.fromArray(SPECIES, sums, at + c)
          .add(FloatVector.fromArray(SPECIES, bias, o + c))
          .intoArray(y, to + c);
    }
    for (; c < n; c++) {
      y[to + c] = sums[at + c] + bias[o + c];
    }
  }

  /** Puts rows into their panels as they come. */
  static final class Packer implements ProjectionPacker {
    private final int outputs;
    private final int inputs;
    private final float[] packed;

    Packer(int outputs, int inputs) {
      this.outputs = outputs;
      this.inputs = inputs;
      this.packed = new float[PackedPanels.size(outputs, inputs)];
    }

    @Override
    public void pack(int first, int count, float[] weight, int offset) {
      for (int o = first; o < first + count; o++) {
        int width = PackedPanels.width(o);
        for (int i = 0, to = PackedPanels.at(o, inputs); i < inputs; i++, to += width) {
          packed[to] = weight[offset++];
        }
      }
    }

    @Override
    public PackedProjection finish(float[] bias) {
      float[] padded = bias == null ? null : Arrays.copyOf(bias, PackedPanels.columns(outputs));
      return new VectorProjection(packed, padded, inputs);
    }
  }
}
