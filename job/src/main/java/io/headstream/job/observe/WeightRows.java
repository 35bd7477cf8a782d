package io.headstream.job.observe;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.AttentionResults;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.records.AttentionMap;

/**
 * Attention weights of one head, {@code softmax(Q·Kᵀ/√d_k + mask)} of equation 1, a few rows at a
 * time: with the bits that the answers were made with, whatever number of rows is asked for, and
 * without the whole matrix in memory.
 *
 * <p>For one thread at a time.
 */
public final class WeightRows {
  /** Rows that are made at a time: what the kernels take at once, and less of very long rows. */
  private static final int BLOCK = 64;

  private static final int MOST_WEIGHTS = 1 << 22;

  private static final int RUNS = 4;

  private final float[] keys;
  private final int length;
  private final int headDim;
  private final AttentionMask mask;
  private final float[] values;
  private final Workspace workspace = new Workspace();

  /**
   * Takes one row of weights.
   *
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Row<E extends Exception> {
    /**
     * Takes the weights of one query.
     *
     * @param query its position
     * @param weights of all keys, {@code [length]} from {@code offset} on; 0 where the query may
     *     not attend. Only for this call
     * @param offset where the row begins
     */
    void accept(int query, float[] weights, int offset) throws E;
  }

  /**
   * Weights over these keys.
   *
   * @param keys {@code [length, headDim]}, row-major; not copied
   * @param length how many keys, at least 1
   * @param headDim channels of a key
   * @param mask which keys a query sees, by positions
   */
  public WeightRows(float[] keys, int length, int headDim, AttentionMask mask) {
    this.keys = keys;
    this.length = length;
    this.headDim = headDim;
    this.mask = mask;
    // Weights need no values; one channel of zeros is the least that there can be.
    this.values = new float[length];
  }

  /**
   * Hands out rows in order of the query.
   *
   * @param firstQuery the position of the first query
   * @param rows how many queries
   * @param queries {@code [rows, headDim]}, row-major, from {@code offset} on
   * @param offset where {@code queries} begins, in floats
   */
  public <E extends Exception> void forEach(
      int firstQuery, int rows, float[] queries, int offset, Row<E> row) throws E {
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, headDim, 1);
    int block = Math.max(1, Math.min(Math.min(BLOCK, rows), MOST_WEIGHTS / length));
    float[] out = new float[block];
    float[] weights = new float[block * length];
    for (int first = 0; first < rows; first += block) {
      int count = Math.min(block, rows - first);
      AttentionOptions options =
          AttentionOptions.defaults()
              .withMask(mask.queriesFrom(firstQuery + first))
              .withResults(new AttentionResults().weights(weights, 0))
              .withWorkspace(workspace);
      int from = offset + first * headDim;
      attention.attend(1, count, length, queries, from, keys, 0, values, 0, out, 0, options);
      for (int i = 0; i < count; i++) {
        row.accept(firstQuery + first + i, weights, i * length);
      }
    }
  }

  /**
   * Hands out all rows of a map in order of the query. Threads: safe, each call has its buffers.
   */
  public static <E extends Exception> void forEach(AttentionMap map, Row<E> row) throws E {
    of(map).forEach(0, map.length(), map.queries(), 0, row);
  }

  /** The same of at most {@code 4 · run} rows: runs of consecutive ones, evenly spread. */
  public static <E extends Exception> void forSome(AttentionMap map, int run, Row<E> row) throws E {
    int length = map.length();
    if (length <= RUNS * run) {
      forEach(map, row);
      return;
    }
    WeightRows rows = of(map);
    int headDim = map.queries().length / length;
    for (int n = 0; n < RUNS; n++) {
      int first = (int) ((2L * n + 1) * length / (2 * RUNS)) - run / 2;
      rows.forEach(first, run, map.queries(), first * headDim, row);
    }
  }

  private static WeightRows of(AttentionMap map) {
    AttentionMask mask = AttentionMask.window(map.keysBefore(), map.keysAfter(), map.sinks());
    int headDim = map.queries().length / map.length();
    return new WeightRows(map.keys(), map.length(), headDim, mask);
  }
}
