package io.headstream.transformer.layers;

import io.headstream.transformer.family.PositionDesign;
import io.headstream.transformer.rows.Rows;

/**
 * Makes hidden states of token ids: the embedding of the token, scaled, plus that of its position,
 * through a norm where the model has one.
 */
public final class TokenEmbedding {
  private final float[] tokens; // [vocabulary, modelDim]
  private final float[] positions; // [rows, modelDim], or null
  private final Norm norm; // or null
  private final PositionDesign design;
  private final int modelDim;

  /**
   * An embedding.
   *
   * @param tokens {@code [vocabulary, modelDim]}
   * @param positions {@code [rows, modelDim]}, with what else is added to every token; or null
   * @param norm or null
   * @param design which row of the positions a token gets
   * @param modelDim channels
   */
  public TokenEmbedding(
      float[] tokens, float[] positions, Norm norm, PositionDesign design, int modelDim) {
    this.tokens = tokens;
    this.positions = positions;
    this.norm = norm;
    this.design = design;
    this.modelDim = modelDim;
  }

  /** {@return how many tokens there are} */
  public int vocabulary() {
    return tokens.length / modelDim;
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
      System.arraycopy(tokens, ids[row] * modelDim, x, row * modelDim, modelDim);
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

  /**
   * A token's embedding as it lies in the table.
   *
   * @param id the token
   * @return where it begins in {@link #tokens}
   */
  public int offset(int id) {
    return id * modelDim;
  }

  /** {@return the table, {@code [vocabulary, modelDim]}; not a copy, not to be changed} */
  public float[] tokens() {
    return tokens;
  }
}
