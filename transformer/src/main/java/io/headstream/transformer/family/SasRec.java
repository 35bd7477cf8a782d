package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.ALL_OR_NONE;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;
import io.headstream.transformer.rows.Activation;
import java.util.Objects;

/**
 * SASRec ("Self-Attentive Sequential Recommendation", 2018) in the tensors of its PyTorch port: the
 * next item of a sequence of items. Item 0 is padding.
 *
 * <p>By default one head, and positions as such models are trained: the last item always stands at
 * the last position, and padding fills what is before the first, as a token that is seen. So a
 * sequence that grows moves all of its positions, and nothing of it can be kept; {@link
 * #withPositionsFromLeft} is for models that were trained otherwise. Immutable.
 */
public final class SasRec implements ModelFormat {
  private static final float EPSILON = 1e-8f;

  /** In which order the operations come; the tensors are the same. */
  public enum Variant {
    /** The paper's: queries are normalised, keys and values are not. */
    ORIGINAL,
    /** Norms before attention and feed-forward layer. */
    NORM_FIRST,
    /** Norms behind the residuals. */
    POST_NORM
  }

  private final Variant variant;

  // Set once, on a copy that nobody else has seen yet.
  private int heads = 1;
  private boolean fromLeft;
  private boolean countedFromZero;

  private SasRec(Variant variant) {
    this.variant = variant;
  }

  private SasRec(SasRec other) {
    variant = other.variant;
    heads = other.heads;
    fromLeft = other.fromLeft;
    countedFromZero = other.countedFromZero;
  }

  /**
   * A model of a variant.
   *
   * @param variant the order of the operations
   * @return the format
   */
  public static SasRec of(Variant variant) {
    return new SasRec(Objects.requireNonNull(variant, "variant"));
  }

  /**
   * The same with more heads than one.
   *
   * @param heads of each layer, at least 1
   * @return the format
   * @throws IllegalArgumentException if it is below 1
   */
  public SasRec withHeads(int heads) {
    if (heads < 1) {
      throw new IllegalArgumentException("heads is %d, must be at least 1".formatted(heads));
    }
    SasRec copy = new SasRec(this);
    copy.heads = heads;
    return copy;
  }

  /**
   * The same with the first item of a sequence at the first position, and no padding.
   *
   * @return the format
   */
  public SasRec withPositionsFromLeft() {
    SasRec copy = new SasRec(this);
    copy.fromLeft = true;
    return copy;
  }

  /**
   * The same with a table of positions whose first row is the first position, as in older files,
   * and not that of padding; rows of padding are then made zero behind each layer.
   *
   * @return the format
   */
  public SasRec withPositionsCountedFromZero() {
    SasRec copy = new SasRec(this);
    copy.countedFromZero = true;
    return copy;
  }

  @Override
  public ModelDescription describe(TensorFiles files) throws ModelException {
    Shapes shapes = new Shapes(files);
    String items = "item_emb.weight";
    int modelDim = shapes.dimension(items, 2, 1);
    int rows = shapes.dimension("pos_emb.weight", 2, 0);
    int first = countedFromZero ? 0 : 1;
    if (rows <= first) {
      throw new ModelException(
          files.source(), "tensor \"pos_emb.weight\" has 1 row, expected at least 2");
    }
    ModelShape shape =
        new ModelShape(
            shapes.layers("forward_layers.{i}.conv1.weight"),
            modelDim,
            heads,
            heads,
            shapes.headDim(items, modelDim, heads),
            modelDim,
            shapes.dimension(items, 2, 0),
            rows,
            0,
            0);
    BlockDesign block =
        new BlockDesign(
            switch (variant) {
              case ORIGINAL -> BlockDesign.Order.QUERY_NORM;
              case NORM_FIRST -> BlockDesign.Order.PRE_NORM;
              case POST_NORM -> BlockDesign.Order.POST_NORM;
            },
            false,
            EPSILON,
            Activation.RELU,
            true,
            Integer.MAX_VALUE,
            Float.NaN,
            false);
    PositionDesign positions =
        new PositionDesign(
            first, rows - first, null, (float) Math.sqrt(modelDim), 0, countedFromZero, !fromLeft);
    return new ModelDescription(
        "SASRec", shape, block, positions, AnswerDesign.next(true), tensors());
  }

  private static TensorTable tensors() {
    return new TensorTable("")
        .embedding("item_emb", Role.TOKENS, Size.VOCABULARY)
        .embedding("pos_emb", Role.POSITIONS, Size.POSITIONS)
        .norm("attention_layernorms.{i}", Role.ATTENTION_NORM, Size.MODEL, ALL_OR_NONE)
        .underscored(
            "attention_layers.{i}.in_proj",
            Role.QUERY_KEY_VALUE,
            Size.QUERIES_KEYS_VALUES,
            Size.MODEL,
            ALL_OR_NONE)
        .linear(
            "attention_layers.{i}.out_proj",
            Role.ATTENTION_OUTPUT,
            Size.MODEL,
            Size.QUERIES,
            ALL_OR_NONE)
        .norm("forward_layernorms.{i}", Role.FEED_FORWARD_NORM, Size.MODEL, ALL_OR_NONE)
        .convolution(
            "forward_layers.{i}.conv1", Role.UP, Size.FEED_FORWARD, Size.MODEL, ALL_OR_NONE)
        .convolution(
            "forward_layers.{i}.conv2", Role.DOWN, Size.MODEL, Size.FEED_FORWARD, ALL_OR_NONE)
        .norm("last_layernorm", Role.FINAL_NORM, Size.MODEL, ALL_OR_NONE);
  }
}
