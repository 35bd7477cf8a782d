package io.headstream.attention.weights;

import io.headstream.attention.internal.SplitMix64;

/** Draws weights by the normalized initialization of Glorot and Bengio 2010 (equation 16). */
final class XavierUniform {
  private XavierUniform() {}

  static AttentionParameters draw(int modelDim, int heads, int keyValueHeads, long seed) {
    AttentionParameters.checkDimensions(modelDim, heads, keyValueHeads);
    int keyValueDim = keyValueHeads * (modelDim / heads);
    return AttentionParameters.of(
        modelDim,
        heads,
        keyValueHeads,
        matrix(modelDim, modelDim, SplitMix64.at(seed, 0)),
        matrix(keyValueDim, modelDim, SplitMix64.at(seed, 1)),
        matrix(keyValueDim, modelDim, SplitMix64.at(seed, 2)),
        matrix(modelDim, modelDim, SplitMix64.at(seed, 3)),
        null,
        null,
        null,
        null);
  }

  private static float[] matrix(int fanOut, int fanIn, long seed) {
    // sqrt is correctly rounded everywhere, so the bound has the same bits on every JDK.
    double bound = Math.sqrt(6.0 / (fanIn + fanOut));
    float[] values = new float[fanOut * fanIn];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * SplitMix64.symmetricAt(seed, i));
    }
    return values;
  }
}
