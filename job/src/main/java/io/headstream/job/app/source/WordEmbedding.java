package io.headstream.job.app.source;

import java.nio.charset.StandardCharsets;

/**
 * An embedding for a word at a position, without a table: hashed values plus {@link
 * SinusoidalPositions}.
 *
 * <pre>
 * embedding[c] = uniform(seed, word, c) + PE(position, c)
 * </pre>
 *
 * <p>The hashed values have mean 0 and variance 1. All is exact integer and IEEE arithmetic or
 * {@link StrictMath}, so that a word has the same bits on every JVM. Serves one thread at a time.
 */
final class WordEmbedding {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** Uniform on (-√3, √3) has variance 1; the hash gives 24 bits, as many as a float has. */
  private static final double STEP = StrictMath.sqrt(3) / (1 << 23);

  private final int modelDim;
  private final long seed;
  private final SinusoidalPositions positions;

  WordEmbedding(int modelDim, long seed) {
    this.modelDim = modelDim;
    this.seed = seed;
    positions = new SinusoidalPositions(modelDim);
  }

  /** A new array of model-dim values. */
  float[] of(String word, int position) {
    long hash = hash(word);
    float[] encoding = positions.of(position);
    float[] embedding = new float[modelDim];
    for (int c = 0; c < modelDim; c++) {
      long bits = mix(hash + (c + 1) * GOLDEN_GAMMA) >>> 40;
      float hashed = (float) ((bits + 0.5 - (1 << 23)) * STEP);
      embedding[c] = hashed + encoding[c];
    }
    return embedding;
  }

  /** FNV-1a over the word's UTF-8, begun by the seed. */
  private long hash(String word) {
    long hash = 0xCBF29CE484222325L ^ mix(seed);
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64: each bit of the result depends on each bit of the argument. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
