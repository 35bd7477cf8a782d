package io.headstream.attention.internal.kernel;

/**
 * Packs the weights of a {@link PackedProjection} a few rows at a time, so that a large matrix need
 * not be there twice. Checks nothing: for one thread, until it has {@linkplain #finish finished}.
 */
public interface ProjectionPacker {

  /**
   * Packs the rows of some output channels.
   *
   * @param first the first of these channels
   * @param weight {@code [count, inputs]}, row-major, from {@code offset} on; not kept
   */
  void pack(int first, int count, float[] weight, int offset);

  /**
   * Ends the packing; nothing may be packed after it.
   *
   * @param bias {@code [outputs]} or null; not kept
   */
  PackedProjection finish(float[] bias);
}
