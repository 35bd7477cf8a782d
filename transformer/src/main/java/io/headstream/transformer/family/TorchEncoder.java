package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.ALL_OR_NONE;
import static io.headstream.transformer.family.Presence.REQUIRED;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.checkpoint.TensorFiles;
import io.headstream.transformer.rows.Activation;
import java.util.Objects;

/**
 * PyTorch's {@code nn.TransformerEncoder} of {@code nn.TransformerEncoderLayer}, which has no
 * config: its tensors tell the sizes, the rest is told here.
 *
 * <p>By default as in PyTorch: norms behind the residuals, relu, an epsilon of 1e-5, every position
 * sees all. Such a model starts from vectors unless the name of an embedding is told. Immutable.
 */
public final class TorchEncoder implements ModelFormat {
  private final int heads;

  // Set once, on a copy that nobody else has seen yet.
  private String prefix = "";
  private boolean normFirst;
  private Activation activation = Activation.RELU;
  private float epsilon = 1e-5f;
  private boolean causal;
  private int maxLength = 1 << 20;
  private String tokens; // or null
  private String positions; // or null
  private String output; // or null

  private TorchEncoder(int heads) {
    this.heads = heads;
  }

  private TorchEncoder(TorchEncoder other) {
    heads = other.heads;
    prefix = other.prefix;
    normFirst = other.normFirst;
    activation = other.activation;
    epsilon = other.epsilon;
    causal = other.causal;
    maxLength = other.maxLength;
    tokens = other.tokens;
    positions = other.positions;
    output = other.output;
  }

  /**
   * An encoder of a number of heads.
   *
   * @param heads of each layer, at least 1
   * @return the format
   * @throws IllegalArgumentException if it is below 1
   */
  public static TorchEncoder withHeads(int heads) {
    if (heads < 1) {
      throw new IllegalArgumentException("heads is %d, must be at least 1".formatted(heads));
    }
    return new TorchEncoder(heads);
  }

  /**
   * The same with something before the names of its tensors.
   *
   * @param prefix such as {@code encoder.}; tensors whose names do not begin with it are left alone
   * @return the format
   */
  public TorchEncoder withPrefix(String prefix) {
    TorchEncoder copy = new TorchEncoder(this);
    copy.prefix = Objects.requireNonNull(prefix, "prefix");
    return copy;
  }

  /**
   * The same with norms before attention and feed-forward layer: {@code norm_first=True}.
   *
   * @return the format
   */
  public TorchEncoder withNormFirst() {
    TorchEncoder copy = new TorchEncoder(this);
    copy.normFirst = true;
    return copy;
  }

  /**
   * The same with another activation than relu.
   *
   * @param activation of the feed-forward layers
   * @return the format
   */
  public TorchEncoder withActivation(Activation activation) {
    TorchEncoder copy = new TorchEncoder(this);
    copy.activation = Objects.requireNonNull(activation, "activation");
    return copy;
  }

  /**
   * The same with another epsilon than 1e-5.
   *
   * @param epsilon what norms add under the root, {@code layer_norm_eps}; above 0
   * @return the format
   * @throws IllegalArgumentException if it is not above 0
   */
  public TorchEncoder withEpsilon(float epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon is %s, must be above 0".formatted(epsilon));
    }
    TorchEncoder copy = new TorchEncoder(this);
    copy.epsilon = epsilon;
    return copy;
  }

  /**
   * The same with a causal mask, {@code is_causal=True}: a position sees itself and those before.
   *
   * @return the format
   */
  public TorchEncoder withCausalMask() {
    TorchEncoder copy = new TorchEncoder(this);
    copy.causal = true;
    return copy;
  }

  /**
   * The same with a limit of length; without one it is that of the positions, or 1,048,576.
   *
   * @param maxLength how many tokens a sequence may have, at least 1
   * @return the format
   * @throws IllegalArgumentException if it is below 1
   */
  public TorchEncoder withMaxLength(int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException(
          "maxLength is %d, must be at least 1".formatted(maxLength));
    }
    TorchEncoder copy = new TorchEncoder(this);
    copy.maxLength = maxLength;
    return copy;
  }

  /**
   * The same with an embedding of tokens, so that it starts from ids.
   *
   * @param tokens name of the table {@code [vocabulary, modelDim]}
   * @param positions name of the table {@code [positions, modelDim]} that is added; null for none
   * @return the format
   */
  public TorchEncoder withEmbedding(String tokens, String positions) {
    TorchEncoder copy = new TorchEncoder(this);
    copy.tokens = Objects.requireNonNull(tokens, "tokens");
    copy.positions = positions;
    return copy;
  }

  /**
   * The same with a linear layer onto the vocabulary behind it.
   *
   * @param output its name, without {@code .weight}; that of the embedding's table where it is tied
   * @return the format
   */
  public TorchEncoder withOutput(String output) {
    TorchEncoder copy = new TorchEncoder(this);
    copy.output = Objects.requireNonNull(output, "output");
    return copy;
  }

  @Override
  public ModelDescription describe(TensorFiles files) throws ModelException {
    Shapes shapes = new Shapes(files);
    String inner = prefix + "layers.0.linear1.weight";
    int modelDim = shapes.dimension(inner, 2, 1);
    int rows = positions == null ? 0 : shapes.dimension(positions, 2, 0);
    ModelShape shape =
        new ModelShape(
            shapes.layers(prefix + "layers.{i}.linear1.weight"),
            modelDim,
            heads,
            heads,
            shapes.headDim(inner, modelDim, heads),
            shapes.dimension(inner, 2, 0),
            tokens == null ? 0 : shapes.dimension(tokens, 2, 0),
            rows,
            0,
            0);
    BlockDesign block =
        new BlockDesign(
            normFirst ? BlockDesign.Order.PRE_NORM : BlockDesign.Order.POST_NORM,
            false,
            epsilon,
            activation,
            causal,
            Integer.MAX_VALUE,
            Float.NaN,
            false);
    boolean tied = output != null && output.equals(tokens);
    return new ModelDescription(
        "nn.TransformerEncoder",
        shape,
        block,
        PositionDesign.counted(0, rows == 0 ? maxLength : Math.min(rows, maxLength)),
        output == null ? AnswerDesign.hidden() : AnswerDesign.next(tied),
        tensors(files, tied));
  }

  private TensorTable tensors(TensorFiles files, boolean tied) {
    TensorTable table = new TensorTable("");
    String layer = prefix + "layers.{i}.";
    table
        .underscored(
            layer + "self_attn.in_proj",
            Role.QUERY_KEY_VALUE,
            Size.QUERIES_KEYS_VALUES,
            Size.MODEL,
            ALL_OR_NONE)
        .linear(
            layer + "self_attn.out_proj",
            Role.ATTENTION_OUTPUT,
            Size.MODEL,
            Size.QUERIES,
            ALL_OR_NONE)
        .linear(layer + "linear1", Role.UP, Size.FEED_FORWARD, Size.MODEL, ALL_OR_NONE)
        .linear(layer + "linear2", Role.DOWN, Size.MODEL, Size.FEED_FORWARD, ALL_OR_NONE)
        .norm(layer + "norm1", Role.ATTENTION_NORM, Size.MODEL, ALL_OR_NONE)
        .norm(layer + "norm2", Role.FEED_FORWARD_NORM, Size.MODEL, ALL_OR_NONE);
    if (files.find(prefix + "norm.weight") != null) {
      table.norm(prefix + "norm", Role.FINAL_NORM, Size.MODEL, ALL_OR_NONE);
    }
    if (tokens != null) {
      table.table(tokens, Role.TOKENS, Size.VOCABULARY);
    }
    if (positions != null) {
      table.table(positions, Role.POSITIONS, Size.POSITIONS);
    }
    if (output != null && !tied) {
      table.linear(
          output,
          Role.OUTPUT,
          Size.VOCABULARY,
          Size.MODEL,
          files.find(output + ".bias") == null ? Presence.ABSENT : REQUIRED);
    }
    return table.ignoringOutside(prefix);
  }
}
