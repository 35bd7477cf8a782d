package io.headstream.attention;

import io.headstream.attention.internal.drive.RequestedResults;

/**
 * What a call is to give besides its output: attention weights, scores and log-sum-exps, each into
 * an array of the caller's. Asking for them changes no bit of anything else.
 *
 * <p>Each method returns this object, which {@link AttentionOptions#withResults} takes. {@code
 * heads} in a shape are those of the call: all of a layer, or those of one {@link HeadGroup}. With
 * a {@link io.headstream.attention.cache.KeyValueCache} {@code keyLength} is its length, and what
 * it has let go counts as hidden, raw scores included. The arrays may not overlap each other or
 * another argument. One object serves one call at a time.
 */
public final class AttentionResults {
  private final RequestedResults requested = new RequestedResults();

  /** Asks for nothing yet. */
  public AttentionResults() {}

  /**
   * Asks for the attention weights, {@code softmax(Q·Kᵀ·scale + mask)} of equation 1: before
   * dropout, and 0 where a query may not attend.
   *
   * @param into {@code [batch, heads, queryLength, keyLength]}, row-major, from {@code offset} on
   * @param offset where {@code into} begins, in floats
   * @return this object
   */
  public AttentionResults weights(float[] into, int offset) {
    requested.weights().set(into, offset);
    return this;
  }

  /**
   * Asks for the attention weights averaged over the heads, added in the order of the heads.
   *
   * @param into {@code [batch, queryLength, keyLength]}, row-major, from {@code offset} on
   * @param offset where {@code into} begins, in floats
   * @return this object
   */
  public AttentionResults averagedWeights(float[] into, int offset) {
    requested.averaged().set(into, offset);
    return this;
  }

  /**
   * Asks for the scores at one of their stages; each stage may be asked for. {@code RAW} and {@code
   * CAPPED} make the call compute keys that nobody sees, which it otherwise skips.
   *
   * @param stage which scores
   * @param into {@code [batch, heads, queryLength, keyLength]}, row-major, from {@code offset} on
   * @param offset where {@code into} begins, in floats
   * @return this object
   */
  public AttentionResults scores(ScoreStage stage, float[] into, int offset) {
    switch (stage) {
      case RAW -> requested.raw().set(into, offset);
      case CAPPED -> requested.capped().set(into, offset);
      case MASKED -> requested.masked().set(into, offset);
    }
    return this;
  }

  /**
   * Asks for {@code log Σ_j exp(score_ij)} over the keys that query {@code i} sees: minus infinity
   * if there are none. {@link PartialAttention} merges by it.
   *
   * @param into {@code [batch, heads, queryLength]}, row-major, from {@code offset} on
   * @param offset where {@code into} begins, in floats
   * @return this object
   */
  public AttentionResults logSumExp(float[] into, int offset) {
    requested.logSumExp().set(into, offset);
    return this;
  }

  /** What a call reads of this. */
  RequestedResults requested() {
    return requested;
  }
}
