package io.headstream.attention.internal.kernel;

/**
 * A projection {@code y = x·Wᵀ + b} whose weights were packed once, in the layout of one {@link
 * Backend}.
 *
 * <p>An output element is one chain of {@code fma} over the input channels in increasing order,
 * from +0; the bias is added last. So every backend gives the same bits. Immutable and safe for any
 * number of threads.
 */
public interface PackedProjection {

  /**
   * Copies the weights of one output channel, as they came.
   *
   * @param output which
   * @param to {@code [inputs]} from {@code at} on
   */
  void weights(int output, float[] to, int at);

  /** Floats that a projection needs for itself while it computes. */
  int scratch();

  /**
   * Projects rows onto the output channels {@code from} to {@code to}, head by head: each head's
   * rows are a matrix of their own.
   *
   * @param x {@code [rows, inputs]}
   * @param headDim channels of a head, the first of which is {@code from}
   * @param y row {@code r} of head {@code h} begins at {@code y.row(r) + h · headStride}; may not
   *     overlap {@code x}
   * @param scratch at least {@link #scratch} floats of this thread, whatever is in them
   */
  void projectHeads(
      Rows x, int rows, int from, int to, int headDim, Rows y, int headStride, float[] scratch);

  /**
   * Projects rows onto the output channels {@code from} to {@code to}, side by side.
   *
   * @param x {@code [rows, inputs]}
   * @param y {@code [rows, to - from]}; may not overlap {@code x}
   * @param scratch at least {@link #scratch} floats of this thread, whatever is in them
   */
  default void project(Rows x, int rows, int from, int to, Rows y, float[] scratch) {
    projectHeads(x, rows, from, to, Math.max(1, to - from), y, 0, scratch);
  }
}
