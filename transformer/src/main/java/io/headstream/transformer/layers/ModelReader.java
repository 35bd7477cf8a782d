package io.headstream.transformer.layers;

import static io.headstream.transformer.family.Role.ATTENTION_NORM;
import static io.headstream.transformer.family.Role.ATTENTION_OUTPUT;
import static io.headstream.transformer.family.Role.DOWN;
import static io.headstream.transformer.family.Role.EMBEDDING_NORM;
import static io.headstream.transformer.family.Role.FEED_FORWARD_NORM;
import static io.headstream.transformer.family.Role.FINAL_NORM;
import static io.headstream.transformer.family.Role.GATE;
import static io.headstream.transformer.family.Role.KEY;
import static io.headstream.transformer.family.Role.KEY_NORM;
import static io.headstream.transformer.family.Role.QUERY;
import static io.headstream.transformer.family.Role.QUERY_KEY_VALUE;
import static io.headstream.transformer.family.Role.QUERY_NORM;
import static io.headstream.transformer.family.Role.UP;
import static io.headstream.transformer.family.Role.VALUE;

import io.headstream.attention.Projection;
import io.headstream.transformer.family.BlockDesign;
import io.headstream.transformer.family.ModelDescription;
import io.headstream.transformer.family.ModelShape;
import io.headstream.transformer.family.ModelTensors;
import io.headstream.transformer.family.PositionDesign;
import io.headstream.transformer.family.Role;
import io.headstream.transformer.family.RotaryDesign;
import io.headstream.transformer.rows.RmsNorm;
import io.headstream.transformer.rows.RotaryEmbedding;
import io.headstream.transformer.rows.RotaryScaling;
import io.headstream.transformer.rows.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes a model's body and heads of its tensors. */
public final class ModelReader {
  private final ModelDescription model;
  private final ModelShape shape;
  private final BlockDesign design;
  private final WeightReader weights;
  private final RotaryEmbedding rotary;
  private Projection tiedTokens; // of a model whose output is its embedding

  /**
   * A reader of a model's tensors.
   *
   * @param model what it is
   * @param tensors its tensors, all found
   */
  public ModelReader(ModelDescription model, ModelTensors tensors) {
    this.model = model;
    this.shape = model.shape();
    this.design = model.block();
    this.weights = new WeightReader(tensors);
    this.rotary = rotary(model.positions(), shape.headDim());
  }

  /**
   * Reads the body.
   *
   * @return embedding, blocks and final norm
   * @throws IOException if a file cannot be read or a weight is not finite
   */
  public LayerStack body() throws IOException {
    TokenEmbedding embedding = embedding();
    List<Block> blocks = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(block(layer));
    }
    return new LayerStack(
        embedding, blocks, norm(FINAL_NORM, 0), model.positions(), shape.modelDim());
  }

  /**
   * Reads the projection onto the vocabulary; of a tied model the embedding of its body, which has
   * to be read before.
   *
   * @return the projection
   * @throws IOException if a file cannot be read or a weight is not finite
   */
  public Projection output() throws IOException {
    return tiedTokens != null ? tiedTokens : projection(Role.OUTPUT);
  }

  /**
   * Reads a linear layer of which there is one.
   *
   * @param role which
   * @return it, or null if the model has none
   * @throws IOException if a file cannot be read or a weight is not finite
   */
  public Projection projection(Role role) throws IOException {
    return weights.has(role, 0) ? weights.projection(0, role) : null;
  }

  private TokenEmbedding embedding() throws IOException {
    if (!weights.has(Role.TOKENS, 0)) {
      return null;
    }
    float[] positions = weights.weight(Role.POSITIONS, 0);
    float[] types = weights.weight(Role.TOKEN_TYPES, 0);
    int modelDim = shape.modelDim();
    // Every token is of type 0, so that its embedding is a part of each position's.
    for (int p = 0; types != null && p < shape.positions(); p++) {
      Rows.add(modelDim, types, 0, positions, p * modelDim);
    }
    TokenEmbedding.Table tokens;
    if (model.answer().tied()) {
      // Once in memory: a row of the packed weights is as good as one of a table.
      tiedTokens = weights.projection(0, Role.TOKENS);
      tokens = tiedTokens::weights;
    } else {
      tokens = TokenEmbedding.Table.of(weights.weight(Role.TOKENS, 0), modelDim);
    }
    return new TokenEmbedding(
        tokens, positions, norm(EMBEDDING_NORM, 0), model.positions(), modelDim);
  }

  private Block block(int layer) throws IOException {
    Projection queryKeyValue =
        weights.has(QUERY_KEY_VALUE, layer)
            ? weights.projection(layer, QUERY_KEY_VALUE)
            : weights.projection(layer, QUERY, KEY, VALUE);
    SelfAttention attention =
        new SelfAttention(
            new SelfAttention.Parts(
                shape.heads(),
                shape.keyValueHeads(),
                shape.headDim(),
                queryKeyValue,
                weights.projection(layer, ATTENTION_OUTPUT),
                headNorm(QUERY_NORM, layer),
                headNorm(KEY_NORM, layer),
                rotary,
                design.causal(),
                design.keysBefore(),
                scale(layer)));
    Projection up =
        weights.has(GATE, layer)
            ? weights.projection(layer, GATE, UP)
            : weights.projection(layer, UP);
    return new Block(
        design.order(),
        norm(ATTENTION_NORM, layer),
        attention,
        norm(FEED_FORWARD_NORM, layer),
        new FeedForward(up, weights.projection(layer, DOWN), design.activation()),
        shape.modelDim());
  }

  private float scale(int layer) {
    if (!design.scaleByLayer()) {
      return design.scale();
    }
    double scale = Float.isNaN(design.scale()) ? 1 / Math.sqrt(shape.headDim()) : design.scale();
    return (float) (scale / (layer + 1));
  }

  private Norm norm(Role role, int layer) throws IOException {
    float[] weight = weights.weight(role, layer);
    return weight == null
        ? null
        : Norm.of(design.rmsNorm(), weight, weights.bias(role, layer), design.epsilon());
  }

  private RmsNorm headNorm(Role role, int layer) throws IOException {
    float[] weight = weights.weight(role, layer);
    return weight == null ? null : new RmsNorm(weight, design.epsilon());
  }

  private static RotaryEmbedding rotary(PositionDesign positions, int headDim) {
    RotaryDesign design = positions.rotary();
    if (design == null) {
      return null;
    }
    RotaryScaling scaling =
        switch (design.scaling()) {
          case NONE -> RotaryScaling.none();
          case LINEAR -> RotaryScaling.linear((float) design.factor());
          case LLAMA3 ->
              RotaryScaling.llama3(
                  (float) design.factor(),
                  (float) design.lowFrequencyFactor(),
                  (float) design.highFrequencyFactor(),
                  design.originalPositions());
        };
    return new RotaryEmbedding(
        headDim,
        RotaryEmbedding.Pairing.HALVES,
        (float) design.base(),
        scaling,
        positions.maxLength());
  }
}
