package io.headstream.transformer.layers;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Projection;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.transformer.rows.RmsNorm;
import io.headstream.transformer.rows.RotaryEmbedding;

/**
 * Multi-head self-attention of a block (section 3.2.2 of "Attention Is All You Need") with as many
 * key/value heads as query heads or fewer, norms of queries and keys, and rotary positions where
 * the model has them.
 */
public final class SelfAttention {
  /**
   * What an attention is made of.
   *
   * @param heads query heads
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param headDim channels of a head
   * @param queryKeyValue {@code [(heads + 2 · keyValueHeads) · headDim, modelDim]}: queries, keys,
   *     values
   * @param output {@code [modelDim, heads · headDim]}
   * @param queryNorm of each head's queries; null for none
   * @param keyNorm of each head's keys; null for none
   * @param rotary turns queries and keys; null for none
   * @param causal whether a position sees itself and those before it alone
   * @param keysBefore how many positions before its own a position sees
   * @param scale the factor of the scores
   */
  public record Parts(
      int heads,
      int keyValueHeads,
      int headDim,
      Projection queryKeyValue,
      Projection output,
      RmsNorm queryNorm,
      RmsNorm keyNorm,
      RotaryEmbedding rotary,
      boolean causal,
      int keysBefore,
      float scale) {}

  private final Parts parts;
  private final ScaledDotProductAttention attention;
  private final AttentionMask mask;
  private final int queryDim;
  private final int keyValueDim;
  private final int stride;

  /**
   * An attention.
   *
   * @param parts what it is made of
   */
  public SelfAttention(Parts parts) {
    this.parts = parts;
    attention =
        new ScaledDotProductAttention(parts.heads(), parts.keyValueHeads(), parts.headDim());
    mask =
        parts.keysBefore() != Integer.MAX_VALUE
            ? AttentionMask.window(parts.keysBefore(), parts.causal() ? 0 : parts.keysBefore())
            : parts.causal() ? AttentionMask.causal() : AttentionMask.none();
    queryDim = parts.heads() * parts.headDim();
    keyValueDim = parts.keyValueHeads() * parts.headDim();
    stride = queryDim + 2 * keyValueDim;
  }

  /**
   * Attends.
   *
   * @param rows which sequences they are of
   * @param layer whose keys and values of a sequence's cache these are
   * @param queries what queries are projected from, {@code [rows, modelDim]} from 0 on
   * @param x what keys and values are projected from; may be {@code queries}
   * @param y {@code [rows, modelDim]} from 0 on; may be neither
   * @param buffers what it computes in
   */
  public void apply(
      SequenceRows rows, int layer, float[] queries, float[] x, float[] y, Buffers buffers) {
    int count = rows.count();
    float[] projected = buffers.projected(count, stride);
    AttentionOptions options = buffers.options();
    if (queries == x) {
      parts.queryKeyValue().project(count, x, 0, projected, 0, options);
    } else {
      project(count, queries, 0, queryDim, projected, options);
      project(count, x, queryDim, stride, projected, options);
    }
    normalise(count, parts.queryNorm(), parts.heads(), projected, 0);
    normalise(count, parts.keyNorm(), parts.keyValueHeads(), projected, queryDim);
    if (parts.rotary() != null) {
      // Queries and keys stand beside each other, so they turn as heads of one row.
      parts
          .rotary()
          .rotate(
              count, parts.heads() + parts.keyValueHeads(), rows.positions(), projected, 0, stride);
    }
    float[] heads = buffers.heads(count, queryDim);
    attend(rows, layer, projected, heads, buffers);
    parts.output().project(count, heads, 0, y, 0, options);
  }

  private void project(
      int count, float[] x, int from, int to, float[] projected, AttentionOptions options) {
    Projection projection = parts.queryKeyValue();
    int inputs = projection.inputs();
    projection.project(count, x, 0, inputs, from, to, projected, from, stride, options);
  }

  private void normalise(int count, RmsNorm norm, int heads, float[] projected, int offset) {
    for (int h = 0; norm != null && h < heads; h++) {
      int begin = offset + h * parts.headDim();
      norm.apply(count, projected, begin, stride, projected, begin, stride);
    }
  }

  /** Sequence by sequence, so that what one needs is in the cache. */
  private void attend(
      SequenceRows rows, int layer, float[] projected, float[] heads, Buffers buffers) {
    AttentionOptions options = buffers.attentionOptions(mask, parts.scale());
    AttentionOptions cachedOptions = buffers.attentionOptions(null, parts.scale());
    for (int s = 0; s < rows.sequences(); s++) {
      int first = rows.begin(s);
      int length = rows.end(s) - first;
      int q = first * stride;
      int k = q + queryDim;
      int v = k + keyValueDim;
      KeyValueCache cache = rows.cache(s, layer);
      if (cache == null) {
        attention.attendRows(
            length,
            length,
            projected,
            q,
            stride,
            projected,
            k,
            stride,
            projected,
            v,
            stride,
            heads,
            first * queryDim,
            queryDim,
            options);
      } else {
        int position = cache.length();
        cache.appendRows(length, projected, k, stride, projected, v, stride);
        attention.attendRows(
            cache,
            position,
            length,
            projected,
            q,
            stride,
            heads,
            first * queryDim,
            queryDim,
            cachedOptions);
      }
    }
  }
}
