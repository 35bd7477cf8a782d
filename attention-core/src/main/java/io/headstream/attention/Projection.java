package io.headstream.attention;

/**
 * A projection {@code y = x·Wᵀ + b} whose weights were packed once, in the layout of one {@link
 * Kernel}.
 *
 * <p>An output element is one chain of {@code fma} over the input channels in increasing order,
 * from +0; the bias is added last. So every kernel gives the same bits. Immutable and safe for any
 * number of threads.
 */
interface Projection {

  /**
   * Projects rows onto the output channels {@code from} to {@code to}.
   *
   * @param x {@code [rows, inputs]}
   * @param y {@code [rows, to - from]}; may not overlap {@code x}
   * @param workspace room for one row, of this thread
   */
  void project(Rows x, int rows, int from, int to, Rows y, Workspace workspace);
}
