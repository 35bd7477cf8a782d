package io.headstream.transformer.layers;

import io.headstream.transformer.family.PositionDesign;
import java.util.Arrays;
import java.util.List;

/** The body of a model: embedding, blocks, and the norm behind the last one. Immutable. */
public final class LayerStack {
  private final TokenEmbedding embedding; // null where a model starts from vectors
  private final List<Block> blocks;
  private final Norm finalNorm; // or null
  private final PositionDesign positions;
  private final int modelDim;

  /**
   * A body.
   *
   * @param embedding makes hidden states of ids; null where a model starts from vectors
   * @param blocks one behind the other
   * @param finalNorm or null
   * @param positions what is padding
   * @param modelDim channels of a row
   */
  public LayerStack(
      TokenEmbedding embedding,
      List<Block> blocks,
      Norm finalNorm,
      PositionDesign positions,
      int modelDim) {
    this.embedding = embedding;
    this.blocks = List.copyOf(blocks);
    this.finalNorm = finalNorm;
    this.positions = positions;
    this.modelDim = modelDim;
  }

  /**
   * Computes the hidden states of rows.
   *
   * @param rows their ids, positions and caches, to which keys and values are appended
   * @param x {@code [rows, modelDim]} from 0 on: where vectors stand in the place of ids these
   *     vectors, then the hidden states
   * @param buffers what it computes in
   */
  public void apply(SequenceRows rows, float[] x, Buffers buffers) {
    if (rows.count() == 0) {
      return;
    }
    if (!rows.vectors()) {
      embedding.apply(rows, x);
      clearPadding(rows, x);
    }
    for (int layer = 0; layer < blocks.size(); layer++) {
      blocks.get(layer).apply(rows, layer, x, buffers);
      clearPadding(rows, x);
    }
    if (finalNorm != null) {
      finalNorm.apply(rows.count(), x, 0, x, 0);
    }
  }

  private void clearPadding(SequenceRows rows, float[] x) {
    boolean clear = positions.clearPadding() && !rows.vectors();
    for (int row = 0; clear && row < rows.count(); row++) {
      if (rows.ids()[row] == positions.paddingToken()) {
        Arrays.fill(x, row * modelDim, (row + 1) * modelDim, 0);
      }
    }
  }
}
