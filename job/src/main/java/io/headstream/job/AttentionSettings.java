package io.headstream.job;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a layer in a stream is told besides its weights. Immutable.
 *
 * @param modelDim size of a token's embedding
 * @param heads query heads; divides {@code modelDim}
 * @param keyValueHeads key/value heads; divides {@code heads}
 * @param causal whether a token sees only itself and what came before
 * @param headGroups how many parallel parts the heads are fanned out into; divides {@code
 *     keyValueHeads}
 * @param dropout share of attention weights that are dropped, {@code 0 <= dropout < 1}
 * @param dropoutSeed what the dropout of all sequences has in common
 * @param maxLength most tokens of a sequence; times {@code modelDim} at most {@code
 *     Integer.MAX_VALUE - 8}, so that a whole sequence fits an array
 * @param sessionGap how long a sequence waits for its next token, null for ever
 * @param eventTime whether the session gap passes in the time of the tokens' timestamps, which all
 *     of them need then, instead of processing time
 */
public record AttentionSettings(
    int modelDim,
    int heads,
    int keyValueHeads,
    boolean causal,
    int headGroups,
    double dropout,
    long dropoutSeed,
    int maxLength,
    Duration sessionGap,
    boolean eventTime)
    implements Serializable {

  /** Most tokens of a sequence where nobody says otherwise. */
  public static final int DEFAULT_MAX_LENGTH = 8192;

  /** The longest array that every JVM makes. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /**
   * Checks that the numbers fit one another.
   *
   * @throws IllegalArgumentException if they do not; the message names them
   */
  public AttentionSettings {
    require(modelDim >= 1, "model-dim is %d, must be at least 1", modelDim);
    require(heads >= 1, "heads is %d, must be at least 1", heads);
    require(keyValueHeads >= 1, "kv-heads is %d, must be at least 1", keyValueHeads);
    require(headGroups >= 1, "head-groups is %d, must be at least 1", headGroups);
    require(maxLength >= 1, "max-length is %d, must be at least 1", maxLength);
    require(
        (long) maxLength * modelDim <= MAX_ARRAY,
        "max-length %d times model-dim %d is %d numbers, at most %d fit an array",
        maxLength,
        modelDim,
        (long) maxLength * modelDim,
        MAX_ARRAY);
    require(modelDim % heads == 0, "heads %d does not divide model-dim %d", heads, modelDim);
    require(
        heads % keyValueHeads == 0, "kv-heads %d does not divide heads %d", keyValueHeads, heads);
    require(
        keyValueHeads % headGroups == 0,
        "head-groups %d does not divide kv-heads %d",
        headGroups,
        keyValueHeads);
    require(dropout >= 0 && dropout < 1, "dropout is %s, must be at least 0 and below 1", dropout);
    require(
        sessionGap == null || sessionGap.toMillis() >= 1,
        "session-gap is %s, must be at least 1 ms",
        sessionGap);
  }

  /**
   * Bidirectional attention in one place, without dropout or session gap; for sequences of at most
   * {@value #DEFAULT_MAX_LENGTH} tokens, or as many as fit an array.
   */
  public static AttentionSettings of(int modelDim, int heads) {
    int maxLength = Math.min(DEFAULT_MAX_LENGTH, MAX_ARRAY / Math.max(1, modelDim));
    return new AttentionSettings(modelDim, heads, heads, false, 1, 0, 0, maxLength, null, false);
  }

  /** These settings with fewer key/value heads. */
  public AttentionSettings withKeyValueHeads(int count) {
    return new AttentionSettings(
        modelDim,
        heads,
        count,
        causal,
        headGroups,
        dropout,
        dropoutSeed,
        maxLength,
        sessionGap,
        eventTime);
  }

  /** These settings with a causal mask, or without. */
  public AttentionSettings withCausal(boolean isCausal) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        isCausal,
        headGroups,
        dropout,
        dropoutSeed,
        maxLength,
        sessionGap,
        eventTime);
  }

  /** These settings with the heads fanned out into so many parallel parts. */
  public AttentionSettings withHeadGroups(int groups) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        causal,
        groups,
        dropout,
        dropoutSeed,
        maxLength,
        sessionGap,
        eventTime);
  }

  /** These settings with dropout on the attention weights. */
  public AttentionSettings withDropout(double probability, long seed) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        causal,
        headGroups,
        probability,
        seed,
        maxLength,
        sessionGap,
        eventTime);
  }

  /** These settings with another bound on a sequence's length. */
  public AttentionSettings withMaxLength(int tokens) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        causal,
        headGroups,
        dropout,
        dropoutSeed,
        tokens,
        sessionGap,
        eventTime);
  }

  /** These settings with a session gap. */
  public AttentionSettings withSessionGap(Duration gap) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        causal,
        headGroups,
        dropout,
        dropoutSeed,
        maxLength,
        gap,
        eventTime);
  }

  /** These settings with a session gap in the time of the tokens, or in processing time. */
  public AttentionSettings withEventTime(boolean isEventTime) {
    return new AttentionSettings(
        modelDim,
        heads,
        keyValueHeads,
        causal,
        headGroups,
        dropout,
        dropoutSeed,
        maxLength,
        sessionGap,
        isEventTime);
  }

  private static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(values));
    }
  }
}
