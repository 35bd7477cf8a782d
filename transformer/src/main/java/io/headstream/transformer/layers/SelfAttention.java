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
   * Projects queries, keys and values of some rows of a call.
   *
   * @param row the first of them
   * @param count how many
   * @param rows how many the call has
   * @param queries what queries are projected from, {@code [count, modelDim]}
   * @param queriesOffset where that begins, in floats
   * @param x what keys and values are projected from; may be {@code queries}
   * @param xOffset where that begins, in floats
   * @param buffers what it computes in
   */
  void project(
      int row,
      int count,
      int rows,
      float[] queries,
      int queriesOffset,
      float[] x,
      int xOffset,
      Buffers buffers) {
    float[] projected = buffers.projected(rows, stride);
    int at = row * stride;
    if (queries == x) {
      parts.queryKeyValue().project(count, x, xOffset, projected, at, buffers.options());
    } else {
      project(count, queries, queriesOffset, 0, queryDim, projected, at, buffers);
      project(count, x, xOffset, queryDim, stride, projected, at, buffers);
    }
    normalise(count, parts.queryNorm(), parts.heads(), projected, at);
    normalise(count, parts.keyNorm(), parts.keyValueHeads(), projected, at + queryDim);
  }

  private void project(
      int count, float[] x, int offset, int from, int to, float[] y, int at, Buffers buffers) {
    Projection projection = parts.queryKeyValue();
    int inputs = projection.inputs();
    projection.project(count, x, offset, inputs, from, to, y, at + from, stride, buffers.options());
  }

  /**
   * Projects the heads' results of some rows.
   *
   * @param row the first of them
   * @param count how many
   * @param y {@code [count, modelDim]} from 0 on
   * @param buffers where the results are
   */
  void output(int row, int count, float[] y, Buffers buffers) {
    float[] heads = buffers.heads(row + count, queryDim);
    parts.output().project(count, heads, row * queryDim, y, 0, buffers.options());
  }

  private void normalise(int count, RmsNorm norm, int heads, float[] projected, int offset) {
    for (int h = 0; norm != null && h < heads; h++) {
      int begin = offset + h * parts.headDim();
      norm.apply(count, projected, begin, stride, projected, begin, stride);
    }
  }

  /**
   * Attends, sequence by sequence, so that what one needs is in the cache.
   *
   * @param rows which sequences the rows are of
   * @param layer whose keys and values of a sequence's cache these are
   * @param buffers where projections are and results go
   */
  void attend(SequenceRows rows, int layer, Buffers buffers) {
    float[] projected = buffers.projected(rows.count(), stride);
    float[] heads = buffers.heads(rows.count(), queryDim);
    for (int s = 0; s < rows.sequences(); s++) {
      int first = rows.begin(s);
      int length = rows.end(s) - first;
      if (length > 0) {
        rotate(length, rows.positions()[first], projected, first * stride);
        attend(length, first, rows.cache(s, layer), projected, heads, buffers);
      }
    }
  }

  /** Queries and keys stand beside each other, so they turn as heads of one row. */
  private void rotate(int length, int position, float[] projected, int at) {
    if (parts.rotary() != null) {
      int heads = parts.heads() + parts.keyValueHeads();
      parts.rotary().rotate(length, heads, position, projected, at, stride);
    }
  }

  private void attend(
      int length, int first, KeyValueCache cache, float[] qkv, float[] heads, Buffers buffers) {
    int q = first * stride;
    int k = q + queryDim;
    int v = k + keyValueDim;
    int out = first * queryDim;
    if (cache == null) {
      AttentionOptions options = buffers.attentionOptions(mask, parts.scale());
      attention.attendRows(
          length, length, qkv, q, stride, qkv, k, stride, qkv, v, stride, heads, out, queryDim,
          options);
      return;
    }
    AttentionOptions options = buffers.attentionOptions(null, parts.scale());
    int position = cache.length();
    cache.appendRows(length, qkv, k, stride, qkv, v, stride);
    attention.attendRows(cache, position, length, qkv, q, stride, heads, out, queryDim, options);
  }
}
