package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;

/**
 * A projection {@code y = x·Wᵀ + b}, by blocks of rows and of columns where several threads work on
 * it: few rows are as much work as many, and the panels are what is read. Holds the arguments of
 * the call at hand.
 */
public final class ProjectionTasks implements ParallelTasks.Body {
  /** Rows that one task takes, about: what goes over a panel of weights at once. */
  static final int ROWS = 96;

  /** Output channels that one task takes: whole panels of vectors of any width. */
  static final int COLUMNS = 64;

  private final Rows x = new Rows();
  private final Rows y = new Rows();
  private final Rows taskX = new Rows();
  private final Rows taskY = new Rows();

  private PackedProjection projection;
  private int rows;
  private int from;
  private int to;
  private int headDim;
  private int headStride;
  private int blockRows;
  private int blockColumns;
  private int columnBlocks;

  ProjectionTasks() {}

  /**
   * Projects rows onto the output channels {@code from} to {@code to}, side by side, without
   * checks. Fewer than a million multiply-adds stay on the caller's thread.
   *
   * @param inputs channels of {@code x}
   */
  public void project(
      PackedProjection projection,
      Rows x,
      int rows,
      int inputs,
      int from,
      int to,
      Rows y,
      CallOptions options,
      Buffers buffers) {
    int threads = options.threadsFor((long) rows * inputs * (to - from));
    project(projection, x, rows, from, to, y, 1, 1, COLUMNS, threads, options, buffers);
  }

  /**
   * Projects rows, on as many threads.
   *
   * @param headDim channels of a head, the first of which is {@code from}
   * @param headStride how far heads lie apart in {@code y}; {@code headDim} is side by side
   * @param columns output channels of a task, whole heads, where there are several threads
   */
  void project(
      PackedProjection projection,
      Rows x,
      int rows,
      int from,
      int to,
      Rows y,
      int headDim,
      int headStride,
      int columns,
      int threads,
      CallOptions options,
      Buffers buffers) {
    if (threads == 1) {
      project(projection, x, rows, from, to, y, headDim, headStride, buffers);
      return;
    }
    this.projection = projection;
    this.x.setColumns(x, 0);
    this.y.setColumns(y, 0);
    this.rows = rows;
    this.from = from;
    this.to = to;
    this.headDim = headDim;
    this.headStride = headStride;
    this.blockColumns = columns;
    int rowBlocks = Math.max(1, (rows + ROWS - 1) / ROWS);
    blockRows = (rows + rowBlocks - 1) / rowBlocks;
    columnBlocks = (to - from + columns - 1) / columns;
    ParallelTasks.run(rowBlocks * columnBlocks, threads, options.executor(), buffers, this);
  }

  @Override
  public void run(Buffers own, int task) {
    int row = task / columnBlocks * blockRows;
    int column = from + task % columnBlocks * blockColumns;
    int end = Math.min(to, column + blockColumns);
    int count = Math.min(blockRows, rows - row);
    Rows input = own.projection().taskX.set(x.data(), x.row(row), x.stride());
    int at = y.row(row) + (column - from) / headDim * headStride;
    Rows output = own.projection().taskY.set(y.data(), at, y.stride());
    project(projection, input, count, column, end, output, headDim, headStride, own);
  }

  private static void project(
      PackedProjection projection,
      Rows x,
      int rows,
      int from,
      int to,
      Rows y,
      int headDim,
      int headStride,
      Buffers own) {
    float[] scratch = own.sums(projection.scratch());
    if (headStride == headDim) {
      projection.project(x, rows, from, to, y, scratch);
    } else {
      projection.projectHeads(x, rows, from, to, headDim, y, headStride, scratch);
    }
  }
}
