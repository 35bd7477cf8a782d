package io.headstream.attention.internal.vector;

import io.headstream.attention.internal.kernel.TileKernel;

/** What {@link SoftmaxPass passes} over the scores of one vector of lanes leave for the next. */
final class SoftmaxState {
  /** The maximum of each lane. */
  final float[] max = new float[VectorProducts.LANES];

  /** The maxima before. */
  final float[] old = new float[VectorProducts.LANES];

  /** Sixteen sums a lane. */
  final float[] chains = new float[TileKernel.CHAINS * VectorProducts.LANES];

  /** The sum of the weights, by lane. */
  final float[] sum = new float[VectorProducts.LANES];

  /** Whether a score is NaN or plus infinity, so that they are to be taken number by number. */
  boolean special;
}
