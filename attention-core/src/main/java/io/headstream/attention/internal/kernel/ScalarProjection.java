package io.headstream.attention.internal.kernel;

/**
 * A {@link Projection} without the Vector API: row {@code i} of the packed weights is what input
 * channel {@code i} adds to each output channel.
 */
final class ScalarProjection implements Projection {
  private final int inputs;
  private final int outputs;
  private final float[][] packed; // [inputs][outputs]
  private final float[] bias; // [outputs] or null

  ScalarProjection(float[] weight, float[] bias, int outputs, int inputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.bias = bias;
    this.packed = new float[inputs][outputs];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        packed[i][o] = weight[o * inputs + i];
      }
    }
  }

  @Override
  public int scratch() {
    return outputs;
  }

  @Override
  public void projectHeads(
      Rows x, int rows, int from, int to, int headDim, Rows y, int headStride, float[] sums) {
    for (int r = 0; r < rows; r++) {
      Chains.columns(sums, packed, x.data(), x.row(r), inputs, from, to);
      if (bias != null) {
        addBias(sums, bias, from, to);
      }
      int at = y.row(r);
      for (int o = from; o < to; o += headDim, at += headStride) {
        System.arraycopy(sums, o, y.data(), at, Math.min(headDim, to - o));
      }
    }
  }

  private static void addBias(float[] sums, float[] bias, int from, int to) {
    for (int o = from; o < to; o++) {
      sums[o] += bias[o];
    }
  }
}
