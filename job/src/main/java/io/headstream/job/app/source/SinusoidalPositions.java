package io.headstream.job.app.source;

/**
 * The sinusoidal positional encoding of "Attention Is All You Need", section 3.5.
 *
 * <pre>
 * PE(position, 2i)     = sin(position / 10000^(2i / modelDim))
 * PE(position, 2i + 1) = cos(position / 10000^(2i / modelDim))
 * </pre>
 *
 * <p>Computed in double precision by {@link StrictMath}, so that it has the same bits on every JVM.
 * Serves one thread at a time.
 */
final class SinusoidalPositions {
  private static final int CACHED_FLOATS = 1 << 20;
  private static final int CACHED_ROWS = 1 << 14;

  private final int modelDim;
  private final double[] wavelengths;
  private final float[][] encodings;

  SinusoidalPositions(int modelDim) {
    this.modelDim = modelDim;
    wavelengths = new double[(modelDim + 1) / 2];
    for (int i = 0; i < wavelengths.length; i++) {
      wavelengths[i] = StrictMath.pow(10000, 2.0 * i / modelDim);
    }
    encodings = new float[Math.max(1, Math.min(CACHED_ROWS, CACHED_FLOATS / modelDim))][];
  }

  /** The encoding of a position, model-dim values; not to be changed. */
  float[] of(int position) {
    if (position >= encodings.length) {
      return compute(position);
    }
    if (encodings[position] == null) {
      encodings[position] = compute(position);
    }
    return encodings[position];
  }

  private float[] compute(int position) {
    float[] encoding = new float[modelDim];
    for (int c = 0; c < modelDim; c++) {
      double angle = position / wavelengths[c / 2];
      encoding[c] = (float) (c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
    }
    return encoding;
  }
}
