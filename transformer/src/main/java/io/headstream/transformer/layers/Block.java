package io.headstream.transformer.layers;

import io.headstream.transformer.family.BlockDesign.Order;
import io.headstream.transformer.rows.Rows;

/** One layer of a transformer: attention and feed-forward, each with its norm and its residual. */
public final class Block {
  private final Order order;
  private final Norm attentionNorm;
  private final SelfAttention attention;
  private final Norm feedForwardNorm;
  private final FeedForward feedForward;
  private final int modelDim;

  /**
   * A block.
   *
   * @param order where the norms stand
   * @param attentionNorm the norm of the attention
   * @param attention the attention
   * @param feedForwardNorm the norm of the feed-forward layer
   * @param feedForward the feed-forward layer
   * @param modelDim channels of a row
   */
  public Block(
      Order order,
      Norm attentionNorm,
      SelfAttention attention,
      Norm feedForwardNorm,
      FeedForward feedForward,
      int modelDim) {
    this.order = order;
    this.attentionNorm = attentionNorm;
    this.attention = attention;
    this.feedForwardNorm = feedForwardNorm;
    this.feedForward = feedForward;
    this.modelDim = modelDim;
  }

  /**
   * Computes rows in place.
   *
   * @param rows which sequences they are of
   * @param layer which block of the model this is
   * @param x {@code [rows, modelDim]} from 0 on
   * @param buffers what it computes in
   */
  public void apply(SequenceRows rows, int layer, float[] x, Buffers buffers) {
    int count = rows.count();
    int size = count * modelDim;
    float[] part = buffers.part(count, modelDim);
    float[] normed = buffers.normed(count, modelDim);
    switch (order) {
      case PRE_NORM -> {
        attentionNorm.apply(count, x, 0, normed, 0);
        attention.apply(rows, layer, normed, normed, part, buffers);
        Rows.add(size, part, 0, x, 0);
        feedForwardNorm.apply(count, x, 0, normed, 0);
        feedForward.apply(count, normed, part, buffers);
        Rows.add(size, part, 0, x, 0);
      }
      case POST_NORM -> {
        attention.apply(rows, layer, x, x, part, buffers);
        Rows.add(size, part, 0, x, 0);
        attentionNorm.apply(count, x, 0, x, 0);
        feedForward.apply(count, x, part, buffers);
        Rows.add(size, part, 0, x, 0);
        feedForwardNorm.apply(count, x, 0, x, 0);
      }
      case QUERY_NORM -> {
        attentionNorm.apply(count, x, 0, normed, 0);
        attention.apply(rows, layer, normed, x, part, buffers);
        Rows.add(size, part, 0, normed, 0);
        feedForwardNorm.apply(count, normed, 0, x, 0);
        feedForward.apply(count, x, part, buffers);
        Rows.add(size, part, 0, x, 0);
      }
    }
  }
}
