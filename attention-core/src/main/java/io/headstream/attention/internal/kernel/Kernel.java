package io.headstream.attention.internal.kernel;

/** One way to compute; all give the same bits. Safe for any number of threads. */
public interface Kernel {

  /** What logs and metrics call it, such as {@code vector-512}. */
  String name();

  /**
   * Packs a projection's weights.
   *
   * @param weight {@code [outputs, inputs]}, row-major; not kept
   * @param bias {@code [outputs]} or null; kept
   */
  Projection projection(float[] weight, float[] bias, int outputs, int inputs);

  /** Whether the {@code n} numbers of each of some rows from {@code from} on are all finite. */
  boolean allFinite(float[] data, int from, int rows, int stride, int n);

  /** What computes attention over rows of keys and values, for one thread at a time. */
  TileKernel tiles();

  /**
   * What computes attention over the pages of a cache, for one thread at a time.
   *
   * @param block queries of a block, at most
   */
  TileKernel pages(int block);
}
