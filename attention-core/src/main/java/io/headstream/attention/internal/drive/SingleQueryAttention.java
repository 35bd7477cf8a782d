package io.headstream.attention.internal.drive;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.TileKernel;

/**
 * The heads of one position of a cache: of each a query, against the same pages.
 *
 * <p>A query reads every key and value for two operations a number, so that nothing but memory
 * counts. Hence tiles outside and heads inside: pages are read once, front to back. Holds the
 * buffers of the heads; threads may take different heads of it at a time.
 */
final class SingleQueryAttention implements ParallelTasks.Body {
  /** Shares a thread: whoever wakes late leaves the others to those who are awake. */
  private static final int SHARES = 2;

  private HeadAttention[] heads = new HeadAttention[0];
  private boolean[] seen = new boolean[0]; // by head: whether it sees anything of the tile

  private int keyLength;
  private int count; // of heads
  private int share; // heads of a task

  /** Makes room for some heads. */
  void reserve(int count) {
    if (heads.length < count) {
      heads = new HeadAttention[count];
      seen = new boolean[count];
      for (int h = 0; h < count; h++) {
        heads[h] = new HeadAttention(1);
      }
    }
  }

  /** A head, to set its query, output and results before {@link #attend}. */
  HeadAttention head(int h) {
    return heads[h];
  }

  /**
   * Attends with heads that are set.
   *
   * @param count how many heads
   * @param first what masks and dropout count head 0 as
   * @param threads how many work on it
   */
  void attend(
      KeyValueCache of,
      int count,
      int first,
      int position,
      int threads,
      CallOptions options,
      Buffers buffers) {
    this.keyLength = of.length();
    this.count = count;
    int together = count / of.keyValueHeads();
    for (int h = 0; h < count; h++) {
      heads[h].cached().set(of, h / together);
      heads[h].beginPosition(first + h, of.headDim(), of.valueDim(), position, keyLength, options);
    }
    share = threads == 1 ? count : Math.max(1, count / (SHARES * threads));
    int tasks = (count + share - 1) / share;
    ParallelTasks.run(tasks, threads, options.executor(), buffers, this);
  }

  @Override
  public void run(Buffers own, int task) {
    attendHeads(task * share, Math.min(count, (task + 1) * share));
  }

  private void attendHeads(int from, int to) {
    CachedHead source = heads[from].cached();
    for (int tile = source.nextTile(0); // beyond the last int it is negative
        tile < keyLength && tile >= 0;
        tile = source.nextTile(tile + TileKernel.TILE)) {
      for (int h = from; h < to; h++) {
        seen[h] = heads[h].score(0, tile, keyLength);
      }
      for (int h = from; h < to; h++) {
        if (seen[h]) {
          heads[h].add();
        }
      }
    }
    for (int h = from; h < to; h++) {
      heads[h].finishPosition(keyLength);
    }
  }
}
