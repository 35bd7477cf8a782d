package io.headstream.attention;

import static io.headstream.attention.MultiHeadAttention.TASK_COLUMNS;
import static io.headstream.attention.MultiHeadAttention.TASK_ROWS;

import io.headstream.attention.internal.kernel.Projection;

/** A projection on several threads. */
final class ParallelProjection {
  private ParallelProjection() {}

  /**
   * {@code y = x·Wᵀ + b} by rows and columns: few rows are as much work as many, and the panels are
   * what is read.
   */
  static void run(
      Projection projection,
      int rows,
      float[] x,
      int xOffset,
      int inputs,
      float[] y,
      int yOffset,
      int outputs,
      AttentionOptions options,
      Workspace workspace) {
    workspace.reserve(options.threads());
    int blocks = Math.max(1, (rows + TASK_ROWS - 1) / TASK_ROWS);
    int blockRows = (rows + blocks - 1) / blocks;
    int panels = (outputs + TASK_COLUMNS - 1) / TASK_COLUMNS;
    ParallelTasks.run(
        blocks * panels,
        options,
        (worker, task) -> {
          Workspace own = workspace.ofWorker(worker);
          int row = task / panels * blockRows;
          int column = task % panels * TASK_COLUMNS;
          own.queryInput().set(x, xOffset + row * inputs, inputs);
          own.output().set(y, yOffset + row * outputs + column, outputs);
          projection.project(
              own.queryInput(),
              Math.min(blockRows, rows - row),
              column,
              Math.min(outputs, column + TASK_COLUMNS),
              own.output(),
              own.sums(projection.scratch()));
        });
  }
}
