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
  private static final AttentionOptions DEFAULTS =
      new AttentionOptions(AttentionMask.none(), Float.NaN, Dropout.off(), Runnable::run, 1);

  private final AttentionMask mask;
  private final float scale;
  private final Dropout dropout;
  private final Executor executor;
  private final int threads;

  private AttentionOptions(
      AttentionMask mask, float scale, Dropout dropout, Executor executor, int threads) {
    this.mask = mask;
    this.scale = scale;
    this.dropout = dropout;
    this.executor = executor;
    this.threads = threads;
  }

  /** No mask, scale {@code 1/√d_k}, no dropout, the caller's thread. */
  public static AttentionOptions defaults() {
    return DEFAULTS;
  }

  /** These options with another mask. */
  public AttentionOptions withMask(AttentionMask mask) {
    return new AttentionOptions(
        Objects.requireNonNull(mask, "mask"), scale, dropout, executor, threads);
  }

  /**
   * These options with another factor for the scores than {@code 1/√d_k}.
   *
   * @param scale any finite number, 0 and negative ones included
   * @throws IllegalArgumentException if the scale is not finite
   */
  public AttentionOptions withScale(float scale) {
    if (!Float.isFinite(scale)) {
      throw new IllegalArgumentException("scale is %s, must be finite".formatted(scale));
    }
    return new AttentionOptions(mask, scale, dropout, executor, threads);
  }

  /** These options with dropout on the attention weights. */
  public AttentionOptions withDropout(Dropout dropout) {
    return new AttentionOptions(
        mask, scale, Objects.requireNonNull(dropout, "dropout"), executor, threads);
  }

  /**
   * These options with heads computed in parallel. The result does not depend on it by a bit.
   *
   * @param executor what runs the other threads' share; may be busy or refuse, since the caller
   *     works too and waits for nothing that has not begun
   * @param threads how many threads work at most, the caller's among them; at least 1
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public AttentionOptions withExecutor(Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is %d, must be at least 1".formatted(threads));
    }
    return new AttentionOptions(
        mask, scale, dropout, Objects.requireNonNull(executor, "executor"), threads);
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

  /** The factor of the scores: what was asked for, or {@code 1/√headDim}. */
  float scale(int headDim) {
    return Float.isNaN(scale) ? (float) (1 / Math.sqrt(headDim)) : scale;
  }
}
