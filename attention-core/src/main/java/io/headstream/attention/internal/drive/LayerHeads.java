package io.headstream.attention.internal.drive;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.kernel.Rows;

/**
 * Consecutive heads of a layer, up to their columns of the concatenation. Checks nothing. Immutable
 * and safe for any number of threads.
 */
public final class LayerHeads {
  private final HeadProjections projections;
  private final HeadShape shape;
  private final int firstKeyValueHead;
  private final int keyValueHeads;

  /** Some of the heads of these projections. */
  public LayerHeads(HeadProjections projections, int firstKeyValueHead, int keyValueHeads) {
    this.projections = projections;
    this.shape = projections.shape();
    this.firstKeyValueHead = firstKeyValueHead;
    this.keyValueHeads = keyValueHeads;
  }

  HeadProjections projections() {
    return projections;
  }

  HeadShape shape() {
    return shape;
  }

  int firstKeyValueHead() {
    return firstKeyValueHead;
  }

  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** The first query head, as masks and dropout count it. */
  public int firstHead() {
    return firstKeyValueHead * shape.queriesPerKey();
  }

  /** Query heads. */
  public int heads() {
    return keyValueHeads * shape.queriesPerKey();
  }

  /** Columns of the concatenation. */
  public int columns() {
    return heads() * shape.headDim();
  }

  /** On how many threads {@link #attend} is worth while. */
  public int threads(int batch, int queryLength, int keyLength, CallOptions options) {
    long products = (long) batch * keyLength * keyValueHeads * shape.headDim();
    products *= projections.keyInputDim() + projections.valueInputDim();
    products += (long) batch * queryLength * columns() * (projections.modelDim() + 2L * keyLength);
    return options.threadsFor(products);
  }

  /**
   * Attends with the heads of all members of a batch.
   *
   * @param query {@code [batch, queryLength, modelDim]}
   * @param key {@code [batch, keyLength, keyInputDim]}
   * @param value {@code [batch, keyLength, valueInputDim]}
   * @param out {@code [batch, queryLength, columns()]}
   */
  public void attend(
      int batch,
      int queryLength,
      int keyLength,
      float[] query,
      int queryOffset,
      float[] key,
      int keyOffset,
      float[] value,
      int valueOffset,
      float[] out,
      int outOffset,
      int threads,
      CallOptions options,
      Buffers buffers) {
    LayerAttention attention = buffers.layer();
    attention.query().set(query, queryOffset, projections.modelDim());
    attention.key().set(key, keyOffset, projections.keyInputDim());
    attention.value().set(value, valueOffset, projections.valueInputDim());
    attention.out().set(out, outOffset, columns());
    attention.attend(this, batch, queryLength, keyLength, threads, options, buffers);
  }

  /**
   * Appends keys and values of the next tokens of a sequence, and attends with their queries.
   *
   * @param x {@code [tokens, modelDim]}
   * @param out {@code [tokens, columns()]}
   */
  public void attend(
      int tokens,
      float[] x,
      int xOffset,
      KeyValueCache cache,
      float[] out,
      int outOffset,
      CallOptions options,
      Buffers buffers) {
    int headDim = shape.headDim();
    int position = cache.length();
    Rows input = buffers.input().set(x, xOffset, projections.modelDim());
    append(input, tokens, cache, options, buffers);
    float[] q = buffers.queries(tokens * columns());
    Rows y = buffers.projected().set(q, 0, columns());
    RowPositions positions = buffers.positions().ofSequence(position);
    projections.queries(
        input, tokens, positions, firstHead(), heads(), y, headDim, 1, options, buffers);
    CachedAttention attention = buffers.cached();
    attention.q().set(q, 0, columns(), headDim, 0);
    attention.out().set(out, outOffset, columns(), headDim, 0);
    attention.attend(cache, heads(), firstHead(), position, tokens, options, buffers);
  }

  private void append(
      Rows x, int tokens, KeyValueCache cache, CallOptions options, Buffers buffers) {
    int headDim = shape.headDim();
    int columns = keyValueHeads * headDim;
    int first = firstKeyValueHead;
    float[] k = buffers.keys(tokens * columns);
    float[] v = buffers.values(tokens * columns);
    RowPositions positions = buffers.positions().ofSequence(cache.length());
    Rows y = buffers.projected().set(k, 0, columns);
    projections.keys(x, tokens, positions, first, keyValueHeads, y, headDim, 1, options, buffers);
    y.set(v, 0, columns);
    projections.values(x, tokens, first, keyValueHeads, y, 1, options, buffers);
    cache.appendRows(tokens, k, 0, columns, v, 0, columns);
  }

  /**
   * Projects queries and keys of a sequence, head by head.
   *
   * @param queries {@code [heads(), sequenceLength, headDim]}
   * @param keys {@code [keyValueHeads(), sequenceLength, headDim]}
   */
  public void projectQueriesAndKeys(
      int sequenceLength, float[] x, int xOffset, float[] queries, float[] keys, Buffers buffers) {
    int headDim = shape.headDim();
    int headStride = sequenceLength * headDim;
    CallOptions options = CallOptions.DEFAULTS;
    Rows input = buffers.input().set(x, xOffset, projections.modelDim());
    RowPositions positions = buffers.positions().ofSequence(0);
    Rows y = buffers.projected().set(queries, 0, headDim);
    projections.queries(
        input, sequenceLength, positions, firstHead(), heads(), y, headStride, 1, options, buffers);
    y.set(keys, 0, headDim);
    int first = firstKeyValueHead;
    projections.keys(
        input, sequenceLength, positions, first, keyValueHeads, y, headStride, 1, options, buffers);
  }
}
