package io.headstream.attention;

import io.headstream.attention.internal.Checks;

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
  private static final ScoreStage[] STAGES = ScoreStage.values();

  private final float[][] scores = new float[STAGES.length][];
  private final int[] scoresOffset = new int[STAGES.length];
  private float[] weights;
  private int weightsOffset;
  private float[] averaged;
  private int averagedOffset;
  private float[] logSumExp;
  private int logSumExpOffset;

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
    weights = into;
    weightsOffset = offset;
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
    averaged = into;
    averagedOffset = offset;
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
    scores[stage.ordinal()] = into;
    scoresOffset[stage.ordinal()] = offset;
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
    logSumExp = into;
    logSumExpOffset = offset;
    return this;
  }

  void check(int batch, int heads, int queryLength, int keyLength) {
    for (ScoreStage stage : STAGES) {
      if (wants(stage)) {
        range(
            stage.name(), scores(stage), scoresOffset(stage), batch, heads, queryLength, keyLength);
      }
    }
    if (weights != null) {
      range("weights", weights, weightsOffset, batch, heads, queryLength, keyLength);
    }
    if (averaged != null) {
      Checks.range("averagedWeights", averaged, averagedOffset, batch, queryLength, keyLength);
    }
    if (logSumExp != null) {
      Checks.range("logSumExp", logSumExp, logSumExpOffset, batch, heads, queryLength);
    }
  }

  private static void range(
      String name, float[] into, int offset, int batch, int heads, int queryLength, int keyLength) {
    Checks.range(name, into, offset, batch, heads, queryLength, keyLength);
  }

  boolean wants(ScoreStage stage) {
    return scores[stage.ordinal()] != null;
  }

  float[] scores(ScoreStage stage) {
    return scores[stage.ordinal()];
  }

  int scoresOffset(ScoreStage stage) {
    return scoresOffset[stage.ordinal()];
  }

  /** Whether scores of keys that nobody sees are asked for. */
  boolean wantsHidden() {
    return wants(ScoreStage.RAW) || wants(ScoreStage.CAPPED);
  }

  /** Whether weights are needed, be it to average them. */
  boolean wantsWeights() {
    return weights != null || averaged != null;
  }

  boolean wantsAverage() {
    return averaged != null;
  }

  /** The weights by head, or null if only their average is asked for. */
  float[] weights() {
    return weights;
  }

  int weightsOffset() {
    return weightsOffset; // 0 if they are not asked for
  }

  float[] averaged() {
    return averaged;
  }

  int averagedOffset() {
    return averagedOffset;
  }

  float[] logSumExp() {
    return logSumExp;
  }

  int logSumExpOffset() {
    return logSumExpOffset;
  }
}
