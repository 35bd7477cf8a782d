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
   * Computes rows in place: all that concerns a row alone for some rows at a time, so that they
   * stay in the cache, and attention between.
   *
   * @param rows which sequences they are of
   * @param layer which block of the model this is
   * @param x {@code [rows, modelDim]} from 0 on
   * @param buffers what it computes in
   */
  public void apply(SequenceRows rows, int layer, float[] x, Buffers buffers) {
    int count = rows.count();
    int together = buffers.rowsTogether();
    for (int row = 0; row < count; row += together) {
      project(row, Math.min(together, count - row), count, x, buffers);
    }
    attention.attend(rows, layer, buffers);
    for (int row = 0; row < count; row += together) {
      finish(row, Math.min(together, count - row), count, x, buffers);
    }
  }

  /** Queries, keys and values of some rows. */
  private void project(int row, int count, int rows, float[] x, Buffers buffers) {
    int at = row * modelDim;
    switch (order) {
      case PRE_NORM -> {
        float[] normed = buffers.normed(count, modelDim);
        attentionNorm.apply(count, x, at, normed, 0);
        attention.project(row, count, rows, normed, 0, normed, 0, buffers);
      }
      case POST_NORM -> attention.project(row, count, rows, x, at, x, at, buffers);
      case QUERY_NORM -> {
        float[] normed = buffers.normed(rows, modelDim);
        attentionNorm.apply(count, x, at, normed, at);
        attention.project(row, count, rows, normed, at, x, at, buffers);
      }
    }
  }

  /** What comes behind the attention of some rows. */
  private void finish(int row, int count, int rows, float[] x, Buffers buffers) {
    int at = row * modelDim;
    int size = count * modelDim;
    float[] part = buffers.part(count, modelDim);
    attention.output(row, count, part, buffers);
    switch (order) {
      case PRE_NORM -> {
        float[] normed = buffers.normed(count, modelDim);
        Rows.add(size, part, 0, x, at);
        feedForwardNorm.apply(count, x, at, normed, 0);
        feedForward.apply(count, normed, 0, part, buffers);
        Rows.add(size, part, 0, x, at);
      }
      case POST_NORM -> {
        Rows.add(size, part, 0, x, at);
        attentionNorm.apply(count, x, at, x, at);
        feedForward.apply(count, x, at, part, buffers);
        Rows.add(size, part, 0, x, at);
        feedForwardNorm.apply(count, x, at, x, at);
      }
      case QUERY_NORM -> {
        float[] normed = buffers.normed(rows, modelDim);
        Rows.add(size, normed, at, part, 0);
        feedForwardNorm.apply(count, part, 0, x, at);
        feedForward.apply(count, x, at, part, buffers);
        Rows.add(size, part, 0, x, at);
      }
    }
  }
}
