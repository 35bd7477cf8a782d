package io.headstream.attention;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What a call of attention may be told besides its arrays. Immutable.
 *
 * <p>{@link #defaults()} is the plain equation 1 of "Attention Is All You Need": no mask, scale
 * {@code 1/√d_k}, no dropout, on the caller's own thread.
 */
public final class AttentionOptions {
  /**
   * Multiply-adds, 20 to 100 µs of them, below which a call stays on the caller's thread: where a
   * thread has to be woken, handing over took up to 20 µs.
   */
  private static final long HANDED_OVER = 1_000_000;

  private static final AttentionOptions DEFAULTS = new AttentionOptions();

  // Set once, on a copy that nobody else has seen yet.
  private AttentionMask mask = AttentionMask.none();
  private float scale = Float.NaN; // 1/√d_k
  private float softCap; // 0 is none
  private Dropout dropout = Dropout.off();
  private Executor executor = Runnable::run;
  private int threads = 1;
  private AttentionResults results; // or null
  private Workspace workspace; // or null

  private AttentionOptions() {}

  private AttentionOptions(AttentionOptions other) {
    this.mask = other.mask;
    this.scale = other.scale;
    this.softCap = other.softCap;
    this.dropout = other.dropout;
    this.executor = other.executor;
    this.threads = other.threads;
    this.results = other.results;
    this.workspace = other.workspace;
  }

  /**
   * No mask, scale {@code 1/√d_k}, no dropout, the caller's thread.
   *
   * @return the options
   */
  public static AttentionOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These options with another mask.
   *
   * @param mask the mask
   * @return the options
   */
  public AttentionOptions withMask(AttentionMask mask) {
    AttentionOptions copy = new AttentionOptions(this);
    copy.mask = Objects.requireNonNull(mask, "mask");
    return copy;
  }

  /**
   * These options with another factor for the scores than {@code 1/√d_k}.
   *
   * @param scale any finite number, 0 and negative ones included
   * @return the options
   * @throws IllegalArgumentException if the scale is not finite
   */
  public AttentionOptions withScale(float scale) {
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException("scale is %s, must be finite".formatted(scale));
    }
    AttentionOptions copy = new AttentionOptions(this);
    copy.scale = scale;
    return copy;
  }

  /**
   * These options with scores that are capped softly before biases and masks: {@code cap ·
   * tanh(score / cap)}. The tangent is made of multiply-adds and divisions alone, so that its bits
   * are the same on every JVM.
   *
   * @param cap what no score exceeds, finite and above 0
   * @return the options
   * @throws IllegalArgumentException if it is not
   */
  public AttentionOptions withSoftCap(float cap) {
    if (!(cap > 0 && Float.isFinite(cap))) {
      throw new IllegalArgumentException(
          "soft cap is %s, must be finite and above 0".formatted(cap));
    }
    AttentionOptions copy = new AttentionOptions(this);
    copy.softCap = cap;
    return copy;
  }

  /**
   * These options with dropout on the attention weights.
   *
   * @param dropout the dropout
   * @return the options
   */
  public AttentionOptions withDropout(Dropout dropout) {
    AttentionOptions copy = new AttentionOptions(this);
    copy.dropout = Objects.requireNonNull(dropout, "dropout");
    return copy;
  }

  /**
   * These options with heads computed in parallel, and blocks of queries where heads are few. The
   * result does not depend on it by a bit.
   *
   * <p>Calls of less than a million multiply-adds stay on the caller's thread. For those of well
   * below a millisecond it matters what the executor's threads do between calls: an ordinary pool's
   * sleep, and the caller has done most of such a call before one is awake, which costs up to 20 µs
   * and gains nothing; threads that wait awake take their half.
   *
   * @param executor what runs the other threads' share; may be busy or refuse, since the caller
   *     works too and waits for nothing that has not begun
   * @param threads how many threads work at most, the caller's among them; at least 1
   * @return the options
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public AttentionOptions withExecutor(Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is %d, must be at least 1".formatted(threads));
    }
    AttentionOptions copy = new AttentionOptions(this);
    copy.executor = Objects.requireNonNull(executor, "executor");
    copy.threads = threads;
    return copy;
  }

  /**
   * These options with results besides the output. Such options serve one call at a time.
   *
   * @param results what to give and where to
   * @return the options
   */
  public AttentionOptions withResults(AttentionResults results) {
    AttentionOptions copy = new AttentionOptions(this);
    copy.results = Objects.requireNonNull(results, "results");
    return copy;
  }

  /**
   * These options with the caller's buffers, so that a call on one thread allocates nothing. Such
   * options serve one call at a time.
   *
   * @param workspace the buffers
   * @return the options
   */
  public AttentionOptions withWorkspace(Workspace workspace) {
    AttentionOptions copy = new AttentionOptions(this);
    copy.workspace = Objects.requireNonNull(workspace, "workspace");
    return copy;
  }

  AttentionMask mask() {
    return mask;
  }

  Dropout dropout() {
    return dropout;
  }

  Executor executor() {
    return executor;
  }

  int threads() {
    return threads;
  }

  /** Threads for so many multiply-adds: one if handing over would cost more than it saves. */
  int threadsFor(long products) {
    return products < HANDED_OVER ? 1 : threads;
  }

  /** The soft cap, or 0 if there is none. */
  float softCap() {
    return softCap;
  }

  /** What to give besides the output, or null. */
  AttentionResults results() {
    return results;
  }

  /** The caller's buffers, or new ones. */
  Workspace workspace() {
    return workspace != null ? workspace : new Workspace();
  }

  /** The checks of everything here against the shape of a call. */
  void check(int batch, int heads, int queryLength, int keyLength, int resultHeads) {
    mask.check(batch, heads, queryLength, keyLength);
    dropout.check(mask, batch);
    if (results != null) {
      results.check(batch, resultHeads, queryLength, keyLength);
    }
  }

  /** The factor of the scores: what was asked for, or {@code 1/√headDim}. */
  float scale(int headDim) {
    return Float.isNaN(scale) ? (float) (1 / Math.sqrt(headDim)) : scale;
  }
}
