package io.headstream.attention.internal.kernel;

/**
 * A {@link PackedProjection} without the Vector API: row {@code i} of the packed weights is what
 * input channel {@code i} adds to each output channel.
 */
final class ScalarProjection implements PackedProjection {
  private final int inputs;
  private final int outputs;
  private final float[][] packed; // [inputs][outputs]
  private final float[] bias; // [outputs] or null

  private ScalarProjection(float[][] packed, float[] bias, int outputs) {
    this.inputs = packed.length;
    this.outputs = outputs;
    this.bias = bias;
    this.packed = packed;
  }

  @Override
  public void weights(int output, float[] to, int at) {
    for (int i = 0; i < inputs; i++) {
      to[at + i] = packed[i][output];
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

  /** Transposes rows as they come. */
  static final class Packer implements ProjectionPacker {
    private final int outputs;
    private final float[][] packed;

    Packer(int outputs, int inputs) {
      this.outputs = outputs;
      this.packed = new float[inputs][outputs];
    }

    @Override
    public void pack(int first, int count, float[] weight, int offset) {
      for (int o = first; o < first + count; o++) {
        for (float[] input : packed) {
          input[o] = weight[offset++];
        }
      }
    }

    @Override
    public PackedProjection finish(float[] bias) {
      return new ScalarProjection(packed, bias == null ? null : bias.clone(), outputs);
    }
  }
}
