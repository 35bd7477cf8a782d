package io.headstream.attention.internal.vector;

/**
 * One pass over scores on their way to weights.
 *
 * <p>Passes are objects that are called one after the other from one place: C2 inlines no call that
 * has met three classes, so each pass is compiled for itself: small methods, whose vectors stay in
 * registers whatever else is compiled (see {@link VectorOperations}).
 */
interface SoftmaxPass {

  /**
   * Goes over some scores.
   *
   * @param of what the pass reads and what it leaves for the next ones
   * @param s vectors of scores from {@code from} to {@code end}
   */
  void over(SoftmaxState of, float[] s, int from, int end);
}
