package io.headstream.attention.internal.kernel;

/** One way to compute; all give the same bits. Safe for any number of threads. */
public interface Backend {

  /** What logs and metrics call it, such as {@code vector-512}. */
  String name();

  /** What the log says beside it: how this machine's registers are used. */
  default String description() {
    return name();
  }

  /** Begins to pack the weights of a projection. */
  ProjectionPacker packer(int outputs, int inputs);

  /**
   * Packs a projection's weights at once.
   *
   * @param weight {@code [outputs, inputs]}, row-major; not kept
   * @param bias {@code [outputs]} or null; not kept
   */
  default PackedProjection projection(float[] weight, float[] bias, int outputs, int inputs) {
    ProjectionPacker packer = packer(outputs, inputs);
    packer.pack(0, outputs, weight, 0);
    return packer.finish(bias);
  }

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
