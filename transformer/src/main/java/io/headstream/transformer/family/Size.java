package io.headstream.transformer.family;

import java.util.function.ToIntFunction;

/** A dimension of a tensor, as one of the sizes of its model. */
public enum Size {
  /** Channels of a hidden state. */
  MODEL(ModelShape::modelDim),
  /** Channels of all query heads. */
  QUERIES(ModelShape::queryDim),
  /** Channels of all key heads, or of all value heads. */
  KEYS(ModelShape::keyValueDim),
  /** Channels of all query, key and value heads. */
  QUERIES_KEYS_VALUES(shape -> shape.queryDim() + 2 * shape.keyValueDim()),
  /** Channels of one head. */
  HEAD(ModelShape::headDim),
  /** Channels inside the feed-forward layer. */
  FEED_FORWARD(ModelShape::feedForwardDim),
  /** Rows of the token embedding. */
  VOCABULARY(ModelShape::vocabulary),
  /** Rows of the position embedding. */
  POSITIONS(ModelShape::positions),
  /** Rows of the token type embedding. */
  TOKEN_TYPES(ModelShape::tokenTypes),
  /** Classes of the classifier. */
  LABELS(ModelShape::labels),
  /** One: the width of a convolution that sees one position. */
  ONE(shape -> 1);

  private final ToIntFunction<ModelShape> of;

  Size(ToIntFunction<ModelShape> of) {
    this.of = of;
  }

  /**
   * The number.
   *
   * @param shape of the model
   * @return the dimension in a model of that shape
   */
  public int of(ModelShape shape) {
    return of.applyAsInt(shape);
  }
}
