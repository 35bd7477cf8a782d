package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;

/**
 * The weights by which a layer makes queries, keys and values of its inputs (section 3.2.2 of
 * "Attention Is All You Need"). Immutable.
 *
 * @param query {@code W_q}, of all query heads
 * @param key {@code W_k}, of all key/value heads
 * @param value {@code W_v}, of all key/value heads
 * @param keyInputDim what keys are made of
 * @param valueInputDim what values are made of
 */
public record HeadProjections(
    PackedProjection query,
    PackedProjection key,
    PackedProjection value,
    int heads,
    int keyValueHeads,
    int headDim,
    int keyInputDim,
    int valueInputDim) {

  int modelDim() {
    return heads * headDim;
  }

  int queriesPerKey() {
    return heads / keyValueHeads;
  }

  HeadShape shape() {
    return new HeadShape(queriesPerKey(), headDim, headDim);
  }

  /**
   * Projects queries of consecutive query heads.
   *
   * @param positions where the rows stand in their sequences
   * @param y row {@code r} of the {@code n}-th head goes to {@code y.row(r) + n · headStride}
   */
  void queries(
      Rows x,
      int rows,
      RowPositions positions,
      int firstHead,
      int count,
      Rows y,
      int headStride,
      int threads,
      CallOptions options,
      Buffers buffers) {
    placed(query, x, rows, positions, firstHead, count, y, headStride, threads, options, buffers);
  }

  /** Projects keys of consecutive key/value heads. */
  void keys(
      Rows x,
      int rows,
      RowPositions positions,
      int firstHead,
      int count,
      Rows y,
      int headStride,
      int threads,
      CallOptions options,
      Buffers buffers) {
    placed(key, x, rows, positions, firstHead, count, y, headStride, threads, options, buffers);
  }

  /** Projects values of consecutive key/value heads, which no position changes. */
  void values(
      Rows x,
      int rows,
      int firstHead,
      int count,
      Rows y,
      int threads,
      CallOptions options,
      Buffers buffers) {
    project(value, x, rows, firstHead, count, y, headDim, threads, options, buffers);
  }

  /**
   * Queries or keys: the one place where they are made, and where an embedding of positions turns
   * them. So far there is none, and {@code positions} changes nothing.
   */
  private void placed(
      PackedProjection projection,
      Rows x,
      int rows,
      RowPositions positions,
      int firstHead,
      int count,
      Rows y,
      int headStride,
      int threads,
      CallOptions options,
      Buffers buffers) {
    project(projection, x, rows, firstHead, count, y, headStride, threads, options, buffers);
  }

  private void project(
      PackedProjection projection,
      Rows x,
      int rows,
      int firstHead,
      int count,
      Rows y,
      int headStride,
      int threads,
      CallOptions options,
      Buffers buffers) {
    int from = firstHead * headDim;
    int to = from + count * headDim;
    int columns = headsTogether(count, threads) * headDim;
    buffers
        .projection()
        .project(
            projection,
            x,
            rows,
            from,
            to,
            y,
            headDim,
            headStride,
            columns,
            threads,
            options,
            buffers);
  }

  /**
   * How many of some heads are projected at once: as few as make whole panels of channels, so that
   * working memory stays small; where they never do, so many that parts of panels are few.
   */
  int headsTogether(int heads, int threads) {
    int many = threads == 1 ? 4 * ProjectionTasks.COLUMNS : ProjectionTasks.COLUMNS;
    for (int n = 1; n < heads; n++) {
      int columns = n * headDim;
      if (heads % n == 0 && (columns % ProjectionTasks.COLUMNS == 0 || columns >= many)) {
        return n;
      }
    }
    return heads;
  }
}
