package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.drive.Buffers;
import io.headstream.attention.internal.drive.CachedAttention;
import io.headstream.attention.internal.drive.CallOptions;
import io.headstream.attention.internal.drive.LayerHeads;

/**
 * Consecutive heads of a {@link MultiHeadAttention}: their projections and their attention (section
 * 3.2.2), up to their columns of the concatenation. What one of several parallel parts of a layer
 * does.
 *
 * <p>A view: it shares the layer's packed weights. Immutable and safe for any number of threads.
 */
public final class HeadGroup {
  private final MultiHeadAttention layer;
  private final LayerHeads heads;

  HeadGroup(MultiHeadAttention layer, LayerHeads heads) {
    this.layer = layer;
    this.heads = heads;
  }

  /** {@return the first of the group's query heads} */
  public int firstHead() {
    return heads.firstHead();
  }

  /** {@return how many query heads the group has} */
  public int heads() {
    return heads.heads();
  }

  /** {@return how many key/value heads the group has} */
  public int keyValueHeads() {
    return heads.keyValueHeads();
  }

  /** {@return how many columns of the concatenation are the group's own} */
  public int columns() {
    return heads.columns();
  }

  /**
   * The group's columns of {@code Concat(head_1, ..., head_h)} for one sequence, on the caller's
   * thread.
   *
   * @param sequenceLength tokens, at least 0
   * @param x {@code [sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param out {@code [sequenceLength, columns()]}, row-major, from {@code outOffset} on
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, further results and workspace, as for a batch of
   *     one; arrays of a mask have the layer's heads, those of the results the group's
   * @throws IllegalArgumentException if a range does not fit its array, or the mask, the dropout or
   *     an array of the results has another shape
   */
  public void attend(
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    layer.checkSelfAttention();
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("out", out, outOffset, sequenceLength, columns());
    CallOptions call = options.resolved();
    call.check(1, layer.heads(), sequenceLength, sequenceLength, heads());
    heads.attend(
        1,
        sequenceLength,
        sequenceLength,
        x,
        xOffset,
        x,
        xOffset,
        x,
        xOffset,
        out,
        outOffset,
        1,
        call,
        call.buffers());
  }

  /**
   * The group's columns for the next tokens of a sequence whose keys and values are in a cache:
   * appends those of the tokens, then attends. Bit for bit the rows of one causal pass over the
   * whole sequence, with the cache's window. The heads attend in parallel on the executor of the
   * options.
   *
   * @param tokens how many, at least 0
   * @param x {@code [tokens, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param cache for {@link #keyValueHeads} heads of the layer's {@code headDim}
   * @param out {@code [tokens, columns()]}, row-major, from {@code outOffset} on
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, further results and workspace, as for {@link
   *     ScaledDotProductAttention}; arrays of a mask have the layer's heads, those of the results
   *     the group's, and both as many keys as the cache has then
   * @throws IllegalArgumentException if a range does not fit its array, or the cache, the mask, the
   *     dropout or an array of the results has another shape; the cache stays as it was
   * @throws IllegalStateException if the cache is full; it stays as it was
   */
  public void attend(
      int tokens,
      float[] x,
      int xOffset,
      KeyValueCache cache,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    CallOptions call = options.resolved();
    attend(tokens, x, xOffset, cache, out, outOffset, call, call.buffers());
  }

  /** The same with the buffers of the call at hand. */
  void attend(
      int tokens,
      float[] x,
      int xOffset,
      KeyValueCache cache,
      float[] out,
      int outOffset,
      CallOptions call,
      Buffers buffers) {
    layer.checkSelfAttention();
    checkShape(cache);
    Checks.range("x", x, xOffset, tokens, layer.modelDim());
    Checks.range("out", out, outOffset, tokens, columns());
    cache.checkRoom(tokens);
    int position = cache.length();
    int length = position + tokens;
    CachedAttention.check(cache, position, tokens, length, layer.heads(), heads(), call);
    heads.attend(tokens, x, xOffset, cache, out, outOffset, call, buffers);
  }

  /**
   * The group's queries and keys for one sequence, {@code X·W_q} and {@code X·W_k}, on the caller's
   * thread: of what {@link #attend} makes the attention weights. Whoever keeps them can have the
   * weights row by row from {@link ScaledDotProductAttention}, bit for bit, where the whole matrix
   * would be too large.
   *
   * @param sequenceLength tokens, at least 0
   * @param x {@code [sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param queries {@code [heads(), sequenceLength, headDim]} from 0 on
   * @param keys {@code [keyValueHeads(), sequenceLength, headDim]} from 0 on
   * @param workspace buffers
   * @throws IllegalArgumentException if a range does not fit its array
   */
  public void projectQueriesAndKeys(
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] queries,
      float[] keys,
      Workspace workspace) {
    layer.checkSelfAttention();
    int headDim = layer.headDim();
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("queries", queries, 0, heads(), sequenceLength, headDim);
    Checks.range("keys", keys, 0, keyValueHeads(), sequenceLength, headDim);
    heads.projectQueriesAndKeys(sequenceLength, x, xOffset, queries, keys, workspace.buffers());
  }

  private void checkShape(KeyValueCache cache) {
    if (cache.keyValueHeads() != keyValueHeads()
        || cache.headDim() != layer.headDim()
        || cache.valueDim() != layer.headDim()) {
      throw new IllegalArgumentException(
          "cache is for %d heads of %d and %d channels, the layer's part has %d of %d"
              .formatted(
                  cache.keyValueHeads(),
                  cache.headDim(),
                  cache.valueDim(),
                  keyValueHeads(),
                  layer.headDim()));
    }
  }
}
