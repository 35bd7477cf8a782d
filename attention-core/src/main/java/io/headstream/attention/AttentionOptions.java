package io.headstream.attention;

import io.headstream.attention.internal.drive.CallOptions;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What a call of attention may be told besides its arrays. Immutable.
 *
 * <p>{@link #defaults()} is the plain equation 1 of "Attention Is All You Need": no mask, scale
 * {@code 1/√d_k}, no dropout, on the caller's own thread.
 */
public final class AttentionOptions {
  private static final AttentionOptions DEFAULTS = new AttentionOptions(CallOptions.DEFAULTS);

  private final CallOptions call;

  private AttentionOptions(CallOptions call) {
    this.call = call;
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
    Objects.requireNonNull(mask, "mask");
    return new AttentionOptions(call.withMask(mask.resolved()));
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
    return new AttentionOptions(call.withScale(scale));
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
    return new AttentionOptions(call.withSoftCap(cap));
  }

  /**
   * These options with dropout on the attention weights.
   *
   * @param dropout the dropout
   * @return the options
   */
  public AttentionOptions withDropout(Dropout dropout) {
    Objects.requireNonNull(dropout, "dropout");
    return new AttentionOptions(call.withDropout(dropout.mask()));
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
    Objects.requireNonNull(executor, "executor");
    return new AttentionOptions(call.withExecutor(executor, threads));
  }

  /**
   * These options with results besides the output. Such options serve one call at a time.
   *
   * @param results what to give and where to
   * @return the options
   */
  public AttentionOptions withResults(AttentionResults results) {
    Objects.requireNonNull(results, "results");
    return new AttentionOptions(call.withResults(results.requested()));
  }

  /**
   * These options with the caller's buffers, so that a call on one thread allocates nothing. Such
   * options serve one call at a time.
   *
   * @param workspace the buffers
   * @return the options
   */
  public AttentionOptions withWorkspace(Workspace workspace) {
    Objects.requireNonNull(workspace, "workspace");
    return new AttentionOptions(call.withBuffers(workspace.buffers()));
  }

  /** What a call reads of this. */
  CallOptions resolved() {
    return call;
  }
}
