package io.headstream.transformer.rows.kernel;

/**
 * One way to compute; all give the same bits. Arguments are not checked here. Safe for any number
 * of threads.
 */
public interface RowBackend {

  /** What logs call it, such as {@code vector-512}. */
  String name();

  /**
   * {@code y = (x - mean) / sqrt(variance + eps) · weight + bias} for each row.
   *
   * <p>The mean is the sum over {@code width}, rounded to float. In the second pass the deviations
   * from it and their squares are summed, so that what the mean was rounded by is known, too: the
   * variance and the result are rid of it.
   */
  void layerNorm(
      int rows,
      int width,
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float eps,
      float[] y,
      int yOffset);

  /** {@code y = x / sqrt(mean(x²) + eps) · weight} for each row. */
  void rmsNorm(
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      float[] weight,
      float eps,
      float[] y,
      int yOffset,
      int yStride);

  /** {@code Σ x²}. */
  float sumOfSquares(int count, float[] x, int offset);

  /** {@code y = max(0, x)}, NaN for NaN. In this and those that follow y may be x. */
  void relu(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = x · Φ(x)}. */
  void gelu(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = x / (1 + exp(-2u))}, {@code u = √(2/π)·(x + 0.044715·x³)}. */
  void geluTanh(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = x / (1 + exp(-1.702·x))}. */
  void quickGelu(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = x / (1 + exp(-x))}. */
  void silu(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = tanh(x)}. */
  void tanh(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = 1 / (1 + exp(-x))}. */
  void sigmoid(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = y + x}; y may be x. */
  void add(int count, float[] x, int xOffset, float[] y, int yOffset);

  /** {@code y = a · b}; y may be either, and begin there or before. */
  void multiply(int count, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset);

  /** The largest number, NaN if one is; minus infinity where there is none. */
  float max(int count, float[] x, int offset);

  /**
   * {@code y = exp(x - max)} for numbers of which none is NaN or above the maximum, which is finite
   * or -Float.MAX_VALUE.
   *
   * @return the sum of y
   */
  float weigh(int count, float[] x, int xOffset, float max, float[] y, int yOffset);

  /**
   * Turns the pairs {@code (k, k + half)} of each head by an angle: {@code x_k·cos -
   * x_(k+half)·sin} and {@code x_(k+half)·cos + x_k·sin}.
   *
   * @param turns cosines of {@code half} angles, then their sines, from {@code turn} on
   * @param x heads of {@code 2·half} channels, one behind the other
   */
  void rotateHalves(int heads, int half, float[] turns, int turn, float[] x, int offset);
}
