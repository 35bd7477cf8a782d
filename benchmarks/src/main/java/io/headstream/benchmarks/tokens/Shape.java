package io.headstream.benchmarks.tokens;

import java.util.SplittableRandom;

/** A layer's dimensions. */
record Shape(int modelDim, int heads) {
  static final long SEED = 1;

  /** Embeddings of which every token gets one in turn. */
  float[][] embeddings() {
    SplittableRandom random = new SplittableRandom(SEED);
    float[][] embeddings = new float[509][modelDim];
    for (float[] embedding : embeddings) {
      for (int c = 0; c < modelDim; c++) {
        embedding[c] = random.nextFloat() - 0.5f;
      }
    }
    return embeddings;
  }

  /** Bytes of keys and values of a token. */
  long bytesPerToken() {
    return 2L * Float.BYTES * modelDim;
  }
}
