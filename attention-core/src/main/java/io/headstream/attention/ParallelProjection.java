package io.headstream.attention;

import static io.headstream.attention.MultiHeadAttention.TASK_COLUMNS;
import static io.headstream.attention.MultiHeadAttention.TASK_ROWS;

import io.headstream.attention.internal.kernel.PackedProjection;

/** A projection on several threads. */
final class ParallelProjection {
  private ParallelProjection() {}

  /**
   * {@code y = x·Wᵀ + b} for the output channels {@code from} to {@code to}, by rows and columns:
   * few rows are as much work as many, and the panels are what is read.
   */
  static void run(
      PackedProjection projection,
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      int from,
      int to,
      float[] y,
      int yOffset,
      int yStride,
      AttentionOptions options,
      Workspace workspace) {
    workspace.reserve(options.threads());
    int blocks = Math.max(1, (rows + TASK_ROWS - 1) / TASK_ROWS);
    int blockRows = (rows + blocks - 1) / blocks;
    int panels = (to - from + TASK_COLUMNS - 1) / TASK_COLUMNS;
    ParallelTasks.run(
        blocks * panels,
        options,
        (worker, task) -> {
          Workspace own = workspace.ofWorker(worker);
          int row = task / panels * blockRows;
          int column = from + task % panels * TASK_COLUMNS;
          own.queryInput().set(x, xOffset + row * xStride, xStride);
          own.output().set(y, yOffset + row * yStride + column - from, yStride);
          projection.project(
              own.queryInput(),
              Math.min(blockRows, rows - row),
              column,
              Math.min(to, column + TASK_COLUMNS),
              own.output(),
              own.sums(projection.scratch()));
        });
  }
}
