package io.headstream.job;

import io.headstream.job.weights.AttendOptions;
import java.io.Serializable;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a layer in a stream is told besides its weights. Immutable.
 *
 * <p>Each method that changes a setting throws an {@link IllegalArgumentException} that names the
 * numbers if they do not fit one another.
 */
public final class AttentionSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(AttentionSettings.class);

  /** Most tokens of a sequence where nobody says otherwise. */
  public static final int DEFAULT_MAX_LENGTH = 8192;

  /** The longest array that every JVM makes. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  // Set once, on a copy that nobody else has seen yet.
  private final int modelDim;
  private final int heads;
  private int keyValueHeads;
  private boolean causal;
  private int window = AttendOptions.UNLIMITED;
  private int sinks;
  private int headGroups = 1;
  private double dropout;
  private long dropoutSeed;
  private int maxLength;
  private Duration sessionGap; // or null
  private boolean eventTime;
  private TokenMode tokenMode; // null: whole sequences

  private AttentionSettings(int modelDim, int heads) {
    this.modelDim = modelDim;
    this.heads = heads;
    this.keyValueHeads = heads;
    this.maxLength = Math.min(DEFAULT_MAX_LENGTH, MAX_ARRAY / Math.max(1, modelDim));
  }

  private AttentionSettings(AttentionSettings other) {
    this.modelDim = other.modelDim;
    this.heads = other.heads;
    this.keyValueHeads = other.keyValueHeads;
    this.causal = other.causal;
    this.window = other.window;
    this.sinks = other.sinks;
    this.headGroups = other.headGroups;
    this.dropout = other.dropout;
    this.dropoutSeed = other.dropoutSeed;
    this.maxLength = other.maxLength;
    this.sessionGap = other.sessionGap;
    this.eventTime = other.eventTime;
    this.tokenMode = other.tokenMode;
  }

  /**
   * Bidirectional attention over whole sequences in one place, without dropout or session gap; for
   * sequences of at most {@value #DEFAULT_MAX_LENGTH} tokens, or as many as fit an array.
   *
   * @param modelDim size of a token's embedding
   * @param heads query heads; divides {@code modelDim}
   */
  public static AttentionSettings of(int modelDim, int heads) {
    return new AttentionSettings(modelDim, heads).checked();
  }

  /** These settings with fewer key/value heads, a number that divides the heads. */
  public AttentionSettings withKeyValueHeads(int count) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.keyValueHeads = count;
    return copy.checked();
  }

  /** These settings with a causal mask, or without: a token sees itself and what came before. */
  public AttentionSettings withCausal(boolean isCausal) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.causal = isCausal;
    return copy.checked();
  }

  /**
   * These settings, causal, with a window: a token sees itself, the positions before it, and the
   * first ones.
   *
   * @param positionsBefore how many before its own, at least 0; {@code Integer.MAX_VALUE} for all
   * @param firstPositions how many of the first stay visible although outside the window
   */
  public AttentionSettings withWindow(int positionsBefore, int firstPositions) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.causal = true;
    copy.window = positionsBefore;
    copy.sinks = firstPositions;
    return copy.checked();
  }

  /**
   * These settings with the heads fanned out into so many parallel parts, a number that divides the
   * key/value heads.
   */
  public AttentionSettings withHeadGroups(int groups) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.headGroups = groups;
    return copy.checked();
  }

  /**
   * These settings with as many head groups as a cost model picks, which {@code --head-groups auto}
   * asks too. Comes last: it reads the other settings. To go on from a savepoint, give {@link
   * #withHeadGroups} what it picked for the job that made it.
   *
   * @param expectedLength tokens that most sequences have, or in token mode most contexts
   * @param slots parallelism of the job; without effect in token mode
   */
  public AttentionSettings withChosenHeadGroups(int expectedLength, int slots) {
    require(expectedLength >= 1, "expected length is %d, must be at least 1", expectedLength);
    require(slots >= 1, "slots are %d, must be at least 1", slots);
    HeadGroupCost.Choice choice = HeadGroupCost.choose(this, expectedLength, slots);
    LOG.info("{}", choice.why());
    return withHeadGroups(choice.groups());
  }

  /** These settings with dropout on the attention weights, {@code 0 <= probability < 1}. */
  public AttentionSettings withDropout(double probability, long seed) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.dropout = probability;
    copy.dropoutSeed = seed;
    return copy.checked();
  }

  /**
   * These settings with another bound on a sequence's length. Where whole sequences are answered, a
   * longer one is refused, and {@code tokens} times {@code modelDim} fit an array; token by token
   * it is the longest context, and earlier positions are forgotten.
   */
  public AttentionSettings withMaxLength(int tokens) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.maxLength = tokens;
    return copy.checked();
  }

  /** These settings with a session gap; null for none. */
  public AttentionSettings withSessionGap(Duration gap) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.sessionGap = gap;
    return copy.checked();
  }

  /**
   * These settings with a session gap in the time of the tokens' timestamps, which all of them need
   * then, or in processing time.
   */
  public AttentionSettings withEventTime(boolean isEventTime) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.eventTime = isEventTime;
    return copy.checked();
  }

  /** These settings, causal, with each token answered as it arrives. */
  public AttentionSettings withTokenMode(TokenMode mode) {
    AttentionSettings copy = new AttentionSettings(this);
    copy.causal = true;
    copy.tokenMode = mode;
    return copy.checked();
  }

  /** Size of a token's embedding. */
  public int modelDim() {
    return modelDim;
  }

  /** Query heads. */
  public int heads() {
    return heads;
  }

  /** Key/value heads. */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** Whether a token sees only itself and what came before. */
  public boolean causal() {
    return causal;
  }

  /** How many positions before its own a token sees; {@code Integer.MAX_VALUE} for all. */
  public int window() {
    return window;
  }

  /** How many of the first positions stay visible although outside the window. */
  public int sinks() {
    return sinks;
  }

  /** How many parallel parts the heads are fanned out into. */
  public int headGroups() {
    return headGroups;
  }

  /** Share of attention weights that are dropped. */
  public double dropout() {
    return dropout;
  }

  /** What the dropout of all sequences has in common. */
  public long dropoutSeed() {
    return dropoutSeed;
  }

  /** Most tokens of a sequence, or of a context. */
  public int maxLength() {
    return maxLength;
  }

  /** How long a sequence waits for its next token; null for ever. */
  public Duration sessionGap() {
    return sessionGap;
  }

  /** Whether the session gap passes in the time of the tokens. */
  public boolean eventTime() {
    return eventTime;
  }

  /** How tokens are answered as they arrive; null where whole sequences are answered. */
  public TokenMode tokenMode() {
    return tokenMode;
  }

  private AttentionSettings checked() {
    require(modelDim >= 1, "model-dim is %d, must be at least 1", modelDim);
    require(heads >= 1, "heads is %d, must be at least 1", heads);
    require(keyValueHeads >= 1, "kv-heads is %d, must be at least 1", keyValueHeads);
    require(headGroups >= 1, "head-groups is %d, must be at least 1", headGroups);
    require(maxLength >= 1, "max-length is %d, must be at least 1", maxLength);
    require(window >= 0, "window is %d, must be at least 0", window);
    require(sinks >= 0, "sinks is %d, must be at least 0", sinks);
    require(
        tokenMode != null || (long) maxLength * modelDim <= MAX_ARRAY,
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
    require(causal || window == AttendOptions.UNLIMITED, "window %d needs a causal mask", window);
    require(causal || tokenMode == null, "mask is none, token mode is always causal");
    return this;
  }

  private static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(values));
    }
  }
}
