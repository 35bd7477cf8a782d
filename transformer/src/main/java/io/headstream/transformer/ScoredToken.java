package io.headstream.transformer;

/**
 * A token that may come next.
 *
 * @param token its id
 * @param logProbability the natural logarithm of its probability
 */
public record ScoredToken(int token, double logProbability) {

  /** {@return its probability} */
  public double probability() {
    return StrictMath.exp(logProbability);
  }
}
