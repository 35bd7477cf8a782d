package io.headstream.transformer.family;

import io.headstream.transformer.rows.Activation;

/**
 * How a block of a model computes.
 *
 * @param order where its norms stand
 * @param rmsNorm whether they are root-mean-square norms; else layer norms
 * @param epsilon what is added to a variance, or a mean square, under the root
 * @param activation of the feed-forward layer
 * @param causal whether a position sees itself and those before it alone
 * @param keysBefore how many positions before its own a position sees; {@code Integer.MAX_VALUE} is
 *     no limit
 * @param scale the factor of the scores; NaN is {@code 1/√headDim}
 * @param scaleByLayer whether the scores of layer {@code i} are divided by {@code i + 1} besides
 */
public record BlockDesign(
    Order order,
    boolean rmsNorm,
    float epsilon,
    Activation activation,
    boolean causal,
    int keysBefore,
    float scale,
    boolean scaleByLayer) {

  /** Where the norms of a block stand. */
  public enum Order {
    /** {@code x = x + attention(norm(x)); x = x + feedForward(norm(x))}. */
    PRE_NORM,
    /** {@code x = norm(x + attention(x)); x = norm(x + feedForward(x))}. */
    POST_NORM,
    /**
     * {@code q = norm(x); x = q + attention(q, keys and values of x); x = norm(x); x = x +
     * feedForward(x)}: SASRec as its paper's code has it.
     */
    QUERY_NORM
  }
}
