package io.headstream.transformer.rows.kernel;

import io.headstream.attention.internal.kernel.Exp;
import java.util.Arrays;

/** The rules, number by number: what computes where the Vector API is not there. */
public final class ScalarRowBackend implements RowBackend {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void layerNorm(
      int rows,
      int width,
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float eps,
      float[] y,
      int yOffset) {
    float[] chains = new float[ChannelSum.CHAINS];
    float[] squares = new float[ChannelSum.CHAINS];
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * width;
      int to = yOffset + row * width;
      Arrays.fill(chains, 0f);
      ChannelSum.add(chains, 0, x, from, 0, width);
      float mean = NormScale.mean(ChannelSum.joined(chains, 0), width);
      Arrays.fill(chains, 0f);
      Arrays.fill(squares, 0f);
      ChannelSum.addDeviations(chains, squares, 0, mean, x, from, 0, width);
      float deviations = ChannelSum.joined(chains, 0);
      float scale = NormScale.ofVariance(deviations, ChannelSum.joined(squares, 0), width, eps);
      float shift = NormScale.shift(deviations, width, scale);
      standardize(mean, scale, shift, x, from, weight, bias, y, to, 0, width);
    }
  }

  /** {@code y = ((x - mean) · scale + shift) · weight + bias} of some channels. */
  public static void standardize(
      float mean,
      float scale,
      float shift,
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float[] y,
      int yOffset,
      int first,
      int end) {
    for (int c = first; c < end; c++) {
      float standardized = Math.fma(x[xOffset + c] - mean, scale, shift);
      y[yOffset + c] = Math.fma(standardized, weight[c], bias[c]);
    }
  }

  @Override
  public void rmsNorm(
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      float[] weight,
      float eps,
      float[] y,
      int yOffset,
      int yStride) {
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * xStride;
      int to = yOffset + row * yStride;
      float squares = sumOfSquares(weight.length, x, from);
      float scale = NormScale.ofSquares(squares, weight.length, eps);
      for (int c = 0; c < weight.length; c++) {
        y[to + c] = x[from + c] * scale * weight[c];
      }
    }
  }

  @Override
  public float sumOfSquares(int count, float[] x, int offset) {
    float[] chains = new float[ChannelSum.CHAINS];
    ChannelSum.addSquares(chains, x, offset, 0, count);
    return ChannelSum.joined(chains, 0);
  }

  @Override
  public void relu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.relu(x[xOffset + i]);
    }
  }

  @Override
  public void gelu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.gelu(x[xOffset + i]);
    }
  }

  @Override
  public void geluTanh(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.geluTanh(x[xOffset + i]);
    }
  }

  @Override
  public void quickGelu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.quickGelu(x[xOffset + i]);
    }
  }

  @Override
  public void silu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.silu(x[xOffset + i]);
    }
  }

  @Override
  public void tanh(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.tanh(x[xOffset + i]);
    }
  }

  @Override
  public void sigmoid(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = ScalarActivations.sigmoid(x[xOffset + i]);
    }
  }

  @Override
  public void add(int count, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] += x[xOffset + i];
    }
  }

  @Override
  public void multiply(
      int count, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = a[aOffset + i] * b[bOffset + i];
    }
  }

  @Override
  public float max(int count, float[] x, int offset) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, x[offset + i]);
    }
    return max;
  }

  @Override
  public float weigh(int count, float[] x, int xOffset, float max, float[] y, int yOffset) {
    float[] chains = new float[ChannelSum.CHAINS];
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = Exp.exp(x[xOffset + i] - max);
    }
    ChannelSum.add(chains, 0, y, yOffset, 0, count);
    return ChannelSum.joined(chains, 0);
  }

  @Override
  public void rotateHalves(int heads, int half, float[] turns, int turn, float[] x, int offset) {
    for (int h = 0; h < heads; h++) {
      rotateHalf(turns, turn, half, x, offset + 2 * h * half, 0);
    }
  }

  /** {@link #rotateHalves} of one head, from pair {@code first} on. */
  public static void rotateHalf(
      float[] turns, int turn, int half, float[] x, int offset, int first) {
    for (int k = first; k < half; k++) {
      float cos = turns[turn + k];
      float sin = turns[turn + half + k];
      float near = x[offset + k];
      float far = x[offset + half + k];
      x[offset + k] = Math.fma(0f - far, sin, near * cos);
      x[offset + half + k] = Math.fma(near, sin, far * cos);
    }
  }
}
