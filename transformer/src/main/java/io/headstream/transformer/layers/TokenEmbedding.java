package io.headstream.transformer.layers;

import io.headstream.transformer.family.PositionDesign;
import io.headstream.transformer.rows.Rows;

/**
 * Makes hidden states of token ids: the embedding of the token, scaled, plus that of its position,
 * through a norm where the model has one.
 */
public final class TokenEmbedding {
  private final Table tokens;
  private final float[] positions; // [rows, modelDim], or null
  private final Norm norm; // or null
  private final PositionDesign design;
  private final int modelDim;

  /** The embeddings of tokens. */
  @FunctionalInterface
  public interface Table {
    /**
     * Copies the embedding of a token.
     *
     * @param id the token
     * @param x {@code [modelDim]} from {@code offset} on
     * @param offset where it goes, in floats
     */
    void copy(int id, float[] x, int offset);

    /**
     * A table that lies in an array.
     *
     * @param tokens {@code [vocabulary, modelDim]}; not copied
     * @param modelDim channels
     * @return the table
     */
    static Table of(float[] tokens, int modelDim) {
      return (id, x, offset) -> System.arraycopy(tokens, id * modelDim, x, offset, modelDim);
    }
  }

  /**
   * An embedding.
   *
   * @param tokens the embeddings of tokens
   * @param positions {@code [rows, modelDim]}, with what else is added to every token; or null
   * @param norm or null
   * @param design which row of the positions a token gets
   * @param modelDim channels
   */
  public TokenEmbedding(
      Table tokens, float[] positions, Norm norm, PositionDesign design, int modelDim) {
    this.tokens = tokens;
    this.positions = positions;
    this.norm = norm;
    this.design = design;
    this.modelDim = modelDim;
  }

  /**
   * Embeds rows.
   *
   * @param rows their ids and positions
   * @param x {@code [rows, modelDim]} from 0 on
   */
  public void apply(SequenceRows rows, float[] x) {
    int[] ids = rows.ids();
    int count = rows.count();
    for (int row = 0; row < count; row++) {
      tokens.copy(ids[row], x, row * modelDim);
    }
    if (design.embeddingScale() != 1) {
      Rows.scale(count * modelDim, design.embeddingScale(), x, 0);
    }
    if (positions != null) {
      for (int row = 0; row < count; row++) {
        boolean padding = ids[row] == design.paddingToken();
        int position = padding ? 0 : design.first() + rows.positions()[row];
        Rows.add(modelDim, positions, position * modelDim, x, row * modelDim);
      }
    }
    if (norm != null) {
      norm.apply(count, x, 0, x, 0);
    }
  }
}
