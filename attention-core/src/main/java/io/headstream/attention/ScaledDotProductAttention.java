package io.headstream.attention;

import java.util.Objects;

/**
 * Scaled dot-product attention, {@code softmax(Q·Kᵀ/√d_k + mask)·V}: equation 1 in section 3.2.1 of
 * "Attention Is All You Need", for each member of a batch and each head.
 *
 * <p>Query head {@code h} uses key/value head {@code h / (heads / keyValueHeads)}.
 *
 * <p>The result does not depend by a bit on threads, JIT state or the rest of the batch. Immutable
 * and safe for any number of threads. Working memory is linear in the query length.
 */
public final class ScaledDotProductAttention {
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;

  /**
   * Attention of the given shape.
   *
   * @param heads query heads
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param headDim channels of a head, {@code d_k}
   * @throws IllegalArgumentException if a count is below 1 or {@code keyValueHeads} does not divide
   *     {@code heads}
   */
  public ScaledDotProductAttention(int heads, int keyValueHeads, int headDim) {
    Checks.positive("heads", heads);
    Checks.positive("keyValueHeads", keyValueHeads);
    Checks.positive("headDim", headDim);
    Checks.divides("keyValueHeads", keyValueHeads, "heads", heads);
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
  }

  /**
   * Attention over whole arrays, into a new one.
   *
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
    float[] out = new float[Checks.size("q", batch, heads, queryLength, headDim)];
    attend(batch, queryLength, keyLength, q, 0, k, 0, v, 0, out, 0, options);
    return out;
  }

  /**
   * {@code out = softmax(Q·Kᵀ·scale + mask)·V}, equation 1.
   *
   * <p>A query that may attend to no key gives zeros. NaN and infinity in a key or value that a
   * query may not attend to change nothing for it; elsewhere they behave as IEEE 754 says, and make
   * NaN of what they touch.
   *
   * @param batch members of the batch, at least 0
   * @param queryLength queries of each member, at least 0
   * @param keyLength keys and values of each member, at least 0
   * @param q {@code [batch, heads, queryLength, headDim]}, row-major, from {@code qOffset} on
   * @param k {@code [batch, keyValueHeads, keyLength, headDim]} from {@code kOffset} on
   * @param v {@code [batch, keyValueHeads, keyLength, headDim]} from {@code vOffset} on
   * @param out {@code [batch, heads, queryLength, headDim]} from {@code outOffset} on; nothing else
   *     of it is written, and it may not overlap an input
   * @param options mask, scale, dropout and threads
   * @throws IllegalArgumentException if a range does not fit its array, or the mask or dropout has
   *     another shape
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
    Checks.range("v", v, vOffset, batch, keyValueHeads, keyLength, headDim);
    Checks.range("out", out, outOffset, batch, heads, queryLength, headDim);
    options.mask().check(queryLength, keyLength);
    options.dropout().check(batch);
    int querySize = queryLength * headDim;
    int keySize = keyLength * headDim;
    ParallelTasks.run(
        batch * heads,
        options,
        task -> {
          int b = task / heads;
          int h = task % heads;
          int keyValue = b * keyValueHeads + h / (heads / keyValueHeads);
          new HeadAttention(headDim, headDim, options)
              .attend(
                  b,
                  h,
                  new Rows(q, qOffset + task * querySize, headDim),
                  queryLength,
                  new Rows(k, kOffset + keyValue * keySize, headDim),
                  new Rows(v, vOffset + keyValue * keySize, headDim),
                  keyLength,
                  new Rows(out, outOffset + task * querySize, headDim));
        });
  }
}
