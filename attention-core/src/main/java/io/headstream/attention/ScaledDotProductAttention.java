package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.drive.ArrayAttention;
import io.headstream.attention.internal.drive.Buffers;
import io.headstream.attention.internal.drive.CachedAttention;
import io.headstream.attention.internal.drive.CallOptions;
import io.headstream.attention.internal.drive.HeadRows;
import io.headstream.attention.internal.drive.HeadShape;
import java.util.Objects;

/**
 * Scaled dot-product attention, {@code softmax(Q·Kᵀ/√d_k + mask)·V}: equation 1 in section 3.2.1 of
 * "Attention Is All You Need", for each member of a batch and each head.
 *
 * <p>Query head {@code h} uses key/value head {@code h / (heads / keyValueHeads)}.
 *
 * <p>The result does not depend by a bit on threads, JIT state, the rest of the batch or what other
 * results are asked for. Immutable and safe for any number of threads. Working memory does not grow
 * with the lengths; with a {@link Workspace} a call allocates nothing.
 */
public final class ScaledDotProductAttention {
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;
  private final int valueDim;
  private final HeadShape shape;

  /**
   * Attention of the given shape, whose values have as many channels as its keys.
   *
   * @param heads query heads
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param headDim channels of a head, {@code d_k}
   * @throws IllegalArgumentException if a count is below 1 or {@code keyValueHeads} does not divide
   *     {@code heads}
   */
  public ScaledDotProductAttention(int heads, int keyValueHeads, int headDim) {
    this(heads, keyValueHeads, headDim, headDim);
  }

  /**
   * Attention of the given shape.
   *
   * @param heads query heads
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param headDim channels of a query and a key, {@code d_k}
   * @param valueDim channels of a value and a result, {@code d_v}
   * @throws IllegalArgumentException if a count is below 1 or {@code keyValueHeads} does not divide
   *     {@code heads}
   */
  public ScaledDotProductAttention(int heads, int keyValueHeads, int headDim, int valueDim) {
    Checks.positive("heads", heads);
    Checks.positive("keyValueHeads", keyValueHeads);
    Checks.positive("headDim", headDim);
    Checks.positive("valueDim", valueDim);
    Checks.divides("keyValueHeads", keyValueHeads, "heads", heads);
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.valueDim = valueDim;
    this.shape = new HeadShape(heads / keyValueHeads, headDim, valueDim);
  }

  /**
   * Attention over whole arrays, into a new one.
   *
   * @param batch members of the batch, at least 0
   * @param queryLength queries of each member, at least 0
   * @param keyLength keys and values of each member, at least 0
   * @param q {@code [batch, heads, queryLength, headDim]}, row-major
   * @param k {@code [batch, keyValueHeads, keyLength, headDim]}
   * @param v {@code [batch, keyValueHeads, keyLength, valueDim]}
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @return the results, {@code [batch, heads, queryLength, valueDim]}
   * @see #attend(int, int, int, float[], int, float[], int, float[], int, float[], int,
   *     AttentionOptions)
   */
  public float[] attend(
      int batch,
      int queryLength,
      int keyLength,
      float[] q,
      float[] k,
      float[] v,
      AttentionOptions options) {
    Checks.range("q", q, 0, batch, heads, queryLength, headDim);
    float[] out = new float[Checks.size("out", batch, heads, queryLength, valueDim)];
    attend(batch, queryLength, keyLength, q, 0, k, 0, v, 0, out, 0, options);
    return out;
  }

  /**
   * {@code out = softmax(Q·Kᵀ·scale + mask)·V}, equation 1.
   *
   * <p>A query that may attend to no key gives zeros; one all of whose scores overflow to minus
   * infinity gives NaN. NaN and infinity in a key or value that a query may not attend to change
   * nothing for it; elsewhere they behave as IEEE 754 says, and make NaN of what they touch.
   *
   * @param batch members of the batch, at least 0
   * @param queryLength queries of each member, at least 0
   * @param keyLength keys and values of each member, at least 0
   * @param q {@code [batch, heads, queryLength, headDim]}, row-major, from {@code qOffset} on
   * @param qOffset where {@code q} begins, in floats
   * @param k {@code [batch, keyValueHeads, keyLength, headDim]} from {@code kOffset} on
   * @param kOffset where {@code k} begins, in floats
   * @param v {@code [batch, keyValueHeads, keyLength, valueDim]} from {@code vOffset} on
   * @param vOffset where {@code v} begins, in floats
   * @param out {@code [batch, heads, queryLength, valueDim]} from {@code outOffset} on; nothing
   *     else of it is written, and it may not overlap an input
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, or the mask, the dropout or
   *     an array of the results has another shape
   */
  public void attend(
      int batch,
      int queryLength,
      int keyLength,
      float[] q,
      int qOffset,
      float[] k,
      int kOffset,
      float[] v,
      int vOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Objects.requireNonNull(options, "options");
    Checks.range("q", q, qOffset, batch, heads, queryLength, headDim);
    Checks.range("k", k, kOffset, batch, keyValueHeads, keyLength, headDim);
    Checks.range("v", v, vOffset, batch, keyValueHeads, keyLength, valueDim);
    Checks.range("out", out, outOffset, batch, heads, queryLength, valueDim);
    CallOptions call = options.resolved();
    call.check(batch, heads, queryLength, keyLength, heads);
    Buffers buffers = call.buffers();
    ArrayAttention attention = buffers.arrays();
    setMatrices(attention.q(), q, qOffset, heads, queryLength, headDim);
    setMatrices(attention.k(), k, kOffset, keyValueHeads, keyLength, headDim);
    setMatrices(attention.v(), v, vOffset, keyValueHeads, keyLength, valueDim);
    setMatrices(attention.out(), out, outOffset, heads, queryLength, valueDim);
    attention.attendAll(batch, heads, queryLength, keyLength, shape, call, buffers);
  }

  /** Sets {@code [batch, heads, rows, channels]}, row-major. */
  private static void setMatrices(
      HeadRows into, float[] data, int offset, int heads, int rows, int channels) {
    into.set(data, offset, channels, rows * channels, heads * rows * channels);
  }

  /**
   * The same for one sequence, or several {@linkplain AttentionMask#packed packed} ones, whose
   * queries, keys and values stand position by position, as a {@link Projection} gives them: head
   * {@code h} of query {@code i} begins at {@code qOffset + i · qStride + h · headDim}. The results
   * stand in the same way, as the projection of the output takes them.
   *
   * @param queryLength queries, at least 0
   * @param keyLength keys and values, at least 0
   * @param q {@code [queryLength, heads, headDim]} from {@code qOffset} on, the queries {@code
   *     qStride} floats apart
   * @param qOffset where {@code q} begins, in floats
   * @param qStride how far one query lies from the next, at least {@code heads · headDim}
   * @param k {@code [keyLength, keyValueHeads, headDim]} from {@code kOffset} on
   * @param kOffset where {@code k} begins, in floats
   * @param kStride how far one key lies from the next, at least {@code keyValueHeads · headDim}
   * @param v {@code [keyLength, keyValueHeads, valueDim]} from {@code vOffset} on
   * @param vOffset where {@code v} begins, in floats
   * @param vStride how far one value lies from the next, at least {@code keyValueHeads · valueDim}
   * @param out {@code [queryLength, heads, valueDim]} from {@code outOffset} on; nothing else of it
   *     is written, and it may not overlap an input
   * @param outOffset where {@code out} begins, in floats
   * @param outStride how far one result lies from the next, at least {@code heads · valueDim}
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace, as for a
   *     batch of one
   * @throws IllegalArgumentException if a range does not fit its array, a stride is too small, or
   *     the mask, the dropout or an array of the results has another shape
   */
  public void attendRows(
      int queryLength,
      int keyLength,
      float[] q,
      int qOffset,
      int qStride,
      float[] k,
      int kOffset,
      int kStride,
      float[] v,
      int vOffset,
      int vStride,
      float[] out,
      int outOffset,
      int outStride,
      AttentionOptions options) {
    Checks.rows("q", q, qOffset, queryLength, heads * headDim, qStride);
    Checks.rows("k", k, kOffset, keyLength, keyValueHeads * headDim, kStride);
    Checks.rows("v", v, vOffset, keyLength, keyValueHeads * valueDim, vStride);
    Checks.rows("out", out, outOffset, queryLength, heads * valueDim, outStride);
    CallOptions call = options.resolved();
    call.check(1, heads, queryLength, keyLength, heads);
    Buffers buffers = call.buffers();
    ArrayAttention attention = buffers.arrays();
    attention.q().set(q, qOffset, qStride, headDim, 0);
    attention.k().set(k, kOffset, kStride, headDim, 0);
    attention.v().set(v, vOffset, vStride, valueDim, 0);
    attention.out().set(out, outOffset, outStride, valueDim, 0);
    attention.attendAll(1, heads, queryLength, keyLength, shape, call, buffers);
  }

  /**
   * Attends with the queries of a block of positions that were appended to a cache, the heads in
   * parallel on the executor of the options.
   *
   * <p>A mask of the options holds besides the cache's own causality and window: its causal and
   * sliding parts count positions of the sequence, arrays in it are {@code [1, heads, queries,
   * cache.length()]} or broadcast to that. So are weights and scores that are asked for. Dropout
   * depends on the positions in the sequence.
   *
   * @param cache of this attention's key/value heads, {@code headDim} and {@code valueDim}
   * @param position position of the first query
   * @param queries how many positions, at least 0
   * @param q {@code [heads, queries, headDim]}, row-major, from {@code qOffset} on
   * @param qOffset where {@code q} begins, in floats
   * @param out {@code [heads, queries, valueDim]} from {@code outOffset} on; nothing else of it is
   *     written, and it may not overlap {@code q}
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, the cache, the mask, the
   *     dropout or an array of the results has another shape, or keys that a query sees were
   *     released or are not there yet
   */
  public void attend(
      KeyValueCache cache,
      int position,
      int queries,
      float[] q,
      int qOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    checkShape(cache);
    Checks.range("q", q, qOffset, heads, queries, headDim);
    Checks.range("out", out, outOffset, heads, queries, valueDim);
    CallOptions call = options.resolved();
    CachedAttention.check(cache, position, queries, cache.length(), heads, heads, call);
    Buffers buffers = call.buffers();
    CachedAttention attention = buffers.cached();
    setMatrices(attention.q(), q, qOffset, heads, queries, headDim);
    setMatrices(attention.out(), out, outOffset, heads, queries, valueDim);
    attention.attend(cache, heads, 0, position, queries, call, buffers);
  }

  /**
   * The same for queries that stand position by position, as a {@link Projection} gives them: head
   * {@code h} of query {@code i} begins at {@code qOffset + i · qStride + h · headDim}. The results
   * stand in the same way, as the projection of the output takes them.
   *
   * @param cache of this attention's key/value heads, {@code headDim} and {@code valueDim}
   * @param position position of the first query
   * @param queries how many positions, at least 0
   * @param q {@code [queries, heads, headDim]} from {@code qOffset} on, the queries {@code qStride}
   *     floats apart
   * @param qOffset where {@code q} begins, in floats
   * @param qStride how far one query lies from the next, at least {@code heads · headDim}
   * @param out {@code [queries, heads, valueDim]} from {@code outOffset} on; nothing else of it is
   *     written, and it may not overlap {@code q}
   * @param outOffset where {@code out} begins, in floats
   * @param outStride how far one result lies from the next, at least {@code heads · valueDim}
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, a stride is too small, the
   *     cache, the mask, the dropout or an array of the results has another shape, or keys that a
   *     query sees were released or are not there yet
   */
  public void attendRows(
      KeyValueCache cache,
      int position,
      int queries,
      float[] q,
      int qOffset,
      int qStride,
      float[] out,
      int outOffset,
      int outStride,
      AttentionOptions options) {
    checkShape(cache);
    Checks.rows("q", q, qOffset, queries, heads * headDim, qStride);
    Checks.rows("out", out, outOffset, queries, heads * valueDim, outStride);
    CallOptions call = options.resolved();
    CachedAttention.check(cache, position, queries, cache.length(), heads, heads, call);
    Buffers buffers = call.buffers();
    CachedAttention attention = buffers.cached();
    attention.q().set(q, qOffset, qStride, headDim, 0);
    attention.out().set(out, outOffset, outStride, valueDim, 0);
    attention.attend(cache, heads, 0, position, queries, call, buffers);
  }

  private void checkShape(KeyValueCache cache) {
    if (cache.keyValueHeads() != keyValueHeads
        || cache.headDim() != headDim
        || cache.valueDim() != valueDim) {
      throw new IllegalArgumentException(
          "cache is for %d heads of %d and %d channels, attention has %d of %d and %d"
              .formatted(
                  cache.keyValueHeads(),
                  cache.headDim(),
                  cache.valueDim(),
                  keyValueHeads,
                  headDim,
                  valueDim));
    }
  }
}
