package io.headstream.transformer.rows.vector;

import io.headstream.transformer.rows.kernel.ChannelSum;
import io.headstream.transformer.rows.kernel.RowBackend;
import io.headstream.transformer.rows.kernel.ScalarRowBackend;

/**
 * The Vector API, at the width that this machine prefers; what fills no vector number by number.
 */
public final class VectorRowBackend implements RowBackend {
  private static final RowBackend REST = new ScalarRowBackend();

  @Override
  public String name() {
    return "vector-" + Lanes.SPECIES.vectorBitSize();
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
    new VectorLayerNorm(width).apply(rows, x, xOffset, weight, bias, eps, y, yOffset);
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
    VectorNorms.rmsNorm(rows, x, xOffset, xStride, weight, eps, y, yOffset, yStride);
  }

  @Override
  public float sumOfSquares(int count, float[] x, int offset) {
    return VectorNorms.sumOfSquares(count, x, offset, new float[ChannelSum.CHAINS]);
  }

  @Override
  public void relu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.relu(whole, x, xOffset, y, yOffset);
    REST.relu(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void gelu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.gelu(whole, x, xOffset, y, yOffset);
    REST.gelu(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void geluTanh(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.geluTanh(whole, x, xOffset, y, yOffset);
    REST.geluTanh(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void quickGelu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.quickGelu(whole, x, xOffset, y, yOffset);
    REST.quickGelu(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void silu(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.silu(whole, x, xOffset, y, yOffset);
    REST.silu(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void tanh(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.tanh(whole, x, xOffset, y, yOffset);
    REST.tanh(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void sigmoid(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorActivations.sigmoid(whole, x, xOffset, y, yOffset);
    REST.sigmoid(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void add(int count, float[] x, int xOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorElements.add(whole, x, xOffset, y, yOffset);
    REST.add(count - whole, x, xOffset + whole, y, yOffset + whole);
  }

  @Override
  public void multiply(
      int count, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorElements.multiply(whole, a, aOffset, b, bOffset, y, yOffset);
    REST.multiply(count - whole, a, aOffset + whole, b, bOffset + whole, y, yOffset + whole);
  }

  @Override
  public float max(int count, float[] x, int offset) {
    int whole = Lanes.whole(count);
    return Math.max(VectorLogits.max(whole, x, offset), REST.max(count - whole, x, offset + whole));
  }

  @Override
  public float weigh(int count, float[] x, int xOffset, float max, float[] y, int yOffset) {
    int whole = Lanes.whole(count);
    VectorLogits.weigh(whole, x, xOffset, max, y, yOffset);
    REST.weigh(count - whole, x, xOffset + whole, max, y, yOffset + whole);
    return VectorNorms.sum(count, y, yOffset, new float[ChannelSum.CHAINS]);
  }

  @Override
  public void rotateHalves(int heads, int half, float[] turns, int turn, float[] x, int offset) {
    int whole = Lanes.whole(half);
    for (int h = 0; h < heads; h++) {
      int from = offset + 2 * h * half;
      VectorTurns.rotate(whole, turns, turn, half, x, from);
      ScalarRowBackend.rotateHalf(turns, turn, half, x, from, whole);
    }
  }
}
