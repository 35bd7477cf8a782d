package io.headstream.job;

import io.headstream.job.StreamSettings.Mode;
import io.headstream.job.weights.AttendOptions;
import io.headstream.job.weights.LayerShape;
import java.io.Serializable;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a layer in a stream is told besides its weights, in three parts. Immutable.
 *
 * <p>Each method that changes a setting throws an {@link IllegalArgumentException} that names the
 * numbers if they do not fit one another.
 *
 * @param model what the model is
 * @param stream what the stream is
 * @param placement where things run
 */
public record AttentionSettings(ModelSettings model, StreamSettings stream, Placement placement)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(AttentionSettings.class);

  /** Most tokens of a sequence where nobody says otherwise. */
  public static final int DEFAULT_MAX_LENGTH = 8192;

  /** The longest array that every JVM makes. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /**
   * Checks what has to hold between the parts.
   *
   * @throws IllegalArgumentException if the parts do not fit; the message names the numbers
   */
  public AttentionSettings {
    boolean tokenMode = stream.mode() == Mode.TOKEN;
    long numbers = (long) stream.maxLength() * model.modelDim();
    require(
        tokenMode || numbers <= MAX_ARRAY,
        "max-length %d times model-dim %d is %d numbers, at most %d fit an array",
        stream.maxLength(),
        model.modelDim(),
        numbers,
        MAX_ARRAY);
    require(
        model.keyValueHeads() % placement.headGroups() == 0,
        "head-groups %d: does not divide %d key/value heads, expected groups of equal size",
        placement.headGroups(),
        model.keyValueHeads());
    require(model.attention().causal() || !tokenMode, "mask is none, token mode is always causal");
  }

  /**
   * Bidirectional attention over whole sequences in one place, without dropout or session gap; for
   * sequences of at most {@value #DEFAULT_MAX_LENGTH} tokens, or as many as fit an array.
   *
   * @param modelDim size of a token's embedding
   * @param heads query heads; divides {@code modelDim}
   */
  public static AttentionSettings of(int modelDim, int heads) {
    AttendOptions attention = new AttendOptions(false, AttendOptions.UNLIMITED, 0, 0, 0);
    StreamSettings stream =
        new StreamSettings(
            Mode.SEQUENCE,
            Math.min(DEFAULT_MAX_LENGTH, MAX_ARRAY / Math.max(1, modelDim)),
            null,
            false,
            StreamSettings.DEFAULT_MAX_DISORDER,
            StreamSettings.DEFAULT_IDLE_TIMEOUT);
    return new AttentionSettings(
        new ModelSettings(modelDim, heads, heads, attention), stream, Placement.DEFAULT);
  }

  /** The counts that state depends on. */
  public LayerShape shape() {
    return new LayerShape(modelDim(), heads(), keyValueHeads(), headGroups());
  }

  /** These settings with fewer key/value heads, a number that divides the heads. */
  public AttentionSettings withKeyValueHeads(int count) {
    return new AttentionSettings(
        new ModelSettings(modelDim(), heads(), count, model.attention()), stream, placement);
  }

  /** These settings with a causal mask, or without: a token sees itself and what came before. */
  public AttentionSettings withCausal(boolean isCausal) {
    return with(new AttendOptions(isCausal, window(), sinks(), dropout(), dropoutSeed()));
  }

  /**
   * These settings, causal, with a window: a token sees itself, the positions before it, and the
   * first ones.
   *
   * @param positionsBefore how many before its own, at least 0; {@code Integer.MAX_VALUE} for all
   * @param firstPositions how many of the first stay visible although outside the window
   */
  public AttentionSettings withWindow(int positionsBefore, int firstPositions) {
    return with(new AttendOptions(true, positionsBefore, firstPositions, dropout(), dropoutSeed()));
  }

  /** These settings with dropout on the attention weights, {@code 0 <= probability < 1}. */
  public AttentionSettings withDropout(double probability, long seed) {
    return with(new AttendOptions(causal(), window(), sinks(), probability, seed));
  }

  /**
   * These settings with the heads fanned out into so many parallel parts, a number that divides the
   * key/value heads.
   */
  public AttentionSettings withHeadGroups(int groups) {
    return new AttentionSettings(model, stream, new Placement(groups, placement.pageCacheBytes()));
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

  /**
   * These settings with another bound on the keys and values that a subtask keeps decoded in token
   * mode.
   */
  public AttentionSettings withPageCacheBytes(long bytes) {
    return new AttentionSettings(model, stream, new Placement(headGroups(), bytes));
  }

  /**
   * These settings with another bound on a sequence's length. Where whole sequences are answered, a
   * longer one is refused, and {@code tokens} times {@code modelDim} fit an array; token by token
   * it is the longest context, and earlier positions are forgotten.
   */
  public AttentionSettings withMaxLength(int tokens) {
    return with(
        new StreamSettings(
            stream.mode(),
            tokens,
            sessionGap(),
            eventTime(),
            stream.maxDisorder(),
            stream.idleTimeout()));
  }

  /** These settings with a session gap; null for none. */
  public AttentionSettings withSessionGap(Duration gap) {
    return with(
        new StreamSettings(
            stream.mode(),
            maxLength(),
            gap,
            eventTime(),
            stream.maxDisorder(),
            stream.idleTimeout()));
  }

  /**
   * These settings with a session gap in the time of the tokens' timestamps, which all of them need
   * then, or in processing time.
   */
  public AttentionSettings withEventTime(boolean isEventTime) {
    return with(
        new StreamSettings(
            stream.mode(),
            maxLength(),
            sessionGap(),
            isEventTime,
            stream.maxDisorder(),
            stream.idleTimeout()));
  }

  /** These settings, causal, with each token answered as it arrives. */
  public AttentionSettings withTokenMode() {
    return withTokenMode(stream.maxDisorder(), stream.idleTimeout());
  }

  /**
   * These settings, causal, with each token answered as it arrives.
   *
   * @param maxDisorder how many tokens of a sequence wait for an earlier one at most
   * @param idleTimeout after how long without a token an abandoned sequence ends; null for never
   */
  public AttentionSettings withTokenMode(int maxDisorder, Duration idleTimeout) {
    return new AttentionSettings(
        withCausal(true).model,
        new StreamSettings(
            Mode.TOKEN, maxLength(), sessionGap(), eventTime(), maxDisorder, idleTimeout),
        placement);
  }

  private AttentionSettings with(AttendOptions attention) {
    return new AttentionSettings(
        new ModelSettings(modelDim(), heads(), keyValueHeads(), attention), stream, placement);
  }

  private AttentionSettings with(StreamSettings other) {
    return new AttentionSettings(model, other, placement);
  }

  /** Size of a token's embedding. */
  public int modelDim() {
    return model.modelDim();
  }

  /** Query heads. */
  public int heads() {
    return model.heads();
  }

  /** Key/value heads. */
  public int keyValueHeads() {
    return model.keyValueHeads();
  }

  /** Whether a token sees only itself and what came before. */
  public boolean causal() {
    return model.attention().causal();
  }

  /** How many positions before its own a token sees; {@code Integer.MAX_VALUE} for all. */
  public int window() {
    return model.attention().window();
  }

  /** How many of the first positions stay visible although outside the window. */
  public int sinks() {
    return model.attention().sinks();
  }

  /** How many parallel parts the heads are fanned out into. */
  public int headGroups() {
    return placement.headGroups();
  }

  /** Share of attention weights that are dropped. */
  public double dropout() {
    return model.attention().dropout();
  }

  /** What the dropout of all sequences has in common. */
  public long dropoutSeed() {
    return model.attention().dropoutSeed();
  }

  /** Most tokens of a sequence, or of a context. */
  public int maxLength() {
    return stream.maxLength();
  }

  /** How long a sequence waits for its next token; null for ever. */
  public Duration sessionGap() {
    return stream.sessionGap();
  }

  /** Whether the session gap passes in the time of the tokens. */
  public boolean eventTime() {
    return stream.eventTime();
  }

  /** Whether tokens are answered as they arrive. */
  public boolean tokenMode() {
    return stream.mode() == Mode.TOKEN;
  }

  static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(values));
    }
  }
}
