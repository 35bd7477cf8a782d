package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.mask.BatchMask;
import io.headstream.attention.internal.mask.DropoutMask;
import java.util.concurrent.Executor;

/**
 * What a call was told besides its arrays, as the code that computes reads it.
 *
 * @param mask who may attend to whom
 * @param givenScale factor of the scores, or NaN for {@code 1/√headDim}
 * @param softCap what scores are capped to, or 0
 * @param dropout which weights are dropped
 * @param executor what other threads run on
 * @param threads how many threads work at most, the caller's among them
 * @param results what to give besides the output, or null
 * @param givenBuffers the caller's buffers, or null
 */
public record CallOptions(
    BatchMask mask,
    float givenScale,
    float softCap,
    DropoutMask dropout,
    Executor executor,
    int threads,
    RequestedResults results,
    Buffers givenBuffers) {
  /** No mask, the scale of the head, no dropout, the caller's thread. */
  public static final CallOptions DEFAULTS =
      new CallOptions(BatchMask.NONE, Float.NaN, 0, DropoutMask.OFF, Runnable::run, 1, null, null);

  /**
   * Multiply-adds, 20 to 100 µs of them, below which a call stays on the caller's thread: where a
   * thread has to be woken, handing over took up to 20 µs.
   */
  private static final long HANDED_OVER = 1_000_000;

  public CallOptions withMask(BatchMask mask) {
    return new CallOptions(
        mask, givenScale, softCap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withScale(float scale) {
    return new CallOptions(mask, scale, softCap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withSoftCap(float cap) {
    return new CallOptions(
        mask, givenScale, cap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withDropout(DropoutMask dropout) {
    return new CallOptions(
        mask, givenScale, softCap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withExecutor(Executor executor, int threads) {
    return new CallOptions(
        mask, givenScale, softCap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withResults(RequestedResults results) {
    return new CallOptions(
        mask, givenScale, softCap, dropout, executor, threads, results, givenBuffers);
  }

  public CallOptions withBuffers(Buffers buffers) {
    return new CallOptions(mask, givenScale, softCap, dropout, executor, threads, results, buffers);
  }

  /** The caller's buffers, or new ones. */
  public Buffers buffers() {
    return givenBuffers != null ? givenBuffers : new Buffers();
  }

  /** Threads for so many multiply-adds: one if handing over would cost more than it saves. */
  int threadsFor(long products) {
    return products < HANDED_OVER ? 1 : threads;
  }

  /** The factor of the scores: what was asked for, or {@code 1/√headDim}. */
  float scale(int headDim) {
    return Float.isNaN(givenScale) ? (float) (1 / Math.sqrt(headDim)) : givenScale;
  }

  /**
   * Checks all of this against the shape of a call.
   *
   * @param heads what masks have
   * @param resultHeads what the arrays of the results have
   * @throws IllegalArgumentException if something does not fit
   */
  public void check(int batch, int heads, int queryLength, int keyLength, int resultHeads) {
    mask.check(batch, heads, queryLength, keyLength);
    dropout.check(mask, batch);
    if (results != null) {
      results.check(batch, resultHeads, queryLength, keyLength);
    }
  }
}
