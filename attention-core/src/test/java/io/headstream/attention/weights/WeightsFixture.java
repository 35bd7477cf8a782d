package io.headstream.attention.weights;

import java.util.Random;

/** Weights for tests: multiples of 1/64 up to 2, which F16 and BF16 hold exactly. */
public final class WeightsFixture {
  private final Random random;

  public WeightsFixture(long seed) {
    random = new Random(seed);
  }

  public AttentionParameters weights(
      int modelDim, int heads, int keyValueHeads, boolean inputBias, boolean outputBias) {
    int keyValueDim = keyValueHeads * modelDim / heads;
    return AttentionParameters.of(
        modelDim,
        heads,
        keyValueHeads,
        values(modelDim * modelDim),
        values(keyValueDim * modelDim),
        values(keyValueDim * modelDim),
        values(modelDim * modelDim),
        inputBias ? values(modelDim) : null,
        inputBias ? values(keyValueDim) : null,
        inputBias ? values(keyValueDim) : null,
        outputBias ? values(modelDim) : null);
  }

  float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-128, 129) / 64f;
    }
    return values;
  }
}
