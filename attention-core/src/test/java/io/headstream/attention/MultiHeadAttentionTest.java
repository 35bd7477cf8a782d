package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiHeadAttentionTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private static final AttentionOptions CAUSAL = PLAIN.withMask(AttentionMask.causal());

  @ParameterizedTest
  @CsvSource({
    "1, 8, 2, 2, true",
    "64, 32, 4, 4, true",
    "33, 60, 3, 3, false",
    "200, 64, 8, 2, true",
    "17, 66, 6, 1, false"
  })
  void equalsTheFormula(int length, int modelDim, int heads, int keyValueHeads, boolean biases) {
    for (long seed = 1; seed <= 3; seed++) {
      AttentionParameters weights = weights(modelDim, heads, keyValueHeads, biases, seed);
      float[] x = Reference.uniform(new SplittableRandom(seed), length * modelDim, 1.7);
      MultiHeadAttention layer = new MultiHeadAttention(weights);
      assertClose(
          layer.attend(1, length, x, PLAIN),
          Reference.multiHead(weights, x, length, (i, j) -> 1),
          seed);
      assertClose(
          layer.attend(1, length, x, CAUSAL),
          Reference.multiHead(weights, x, length, (i, j) -> j <= i ? 1 : 0),
          seed);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 8, 1", "8, 8, 2", "8, 8, 8", "8, 4, 4", "8, 2, 2", "6, 3, 3"})
  void headGroupsAndAnOutputProjectionAreTheLayer(int heads, int keyValueHeads, int groups) {
    int modelDim = heads * 10;
    int length = 37;
    MultiHeadAttention layer =
        new MultiHeadAttention(weights(modelDim, heads, keyValueHeads, true, 3));
    float[] x = Reference.uniform(new SplittableRandom(4), length * modelDim, 1);
    AttentionOptions options = CAUSAL.withDropout(Dropout.of(0.3, 2, 77));
    float[] concatenated = new float[length * modelDim];
    for (int g = groups - 1; g >= 0; g--) {
      HeadGroup group = layer.headGroup(g, groups);
      float[] columns = new float[length * group.columns()];
      group.attend(length, x, 0, columns, 0, options);
      for (int i = 0; i < length; i++) {
        System.arraycopy(
            columns,
            i * group.columns(),
            concatenated,
            i * modelDim + g * group.columns(),
            group.columns());
      }
    }
    float[] out = new float[length * modelDim];
    layer.projectOutput(length, concatenated, 0, out, 0, options);
    assertSameBits(out, layer.attend(1, length, x, options));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "8"})
  void threadsAndBatchesChangeNoBit(int threads) {
    int length = 45;
    int size = length * 24;
    MultiHeadAttention layer = new MultiHeadAttention(weights(24, 4, 2, true, 5));
    float[] x = Reference.uniform(new SplittableRandom(6), 3 * size, 1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      float[] batch = layer.attend(3, length, x, CAUSAL.withExecutor(pool, threads));
      for (int b = 0; b < 3; b++) {
        float[] member = Arrays.copyOfRange(x, b * size, (b + 1) * size);
        assertSameBits(
            Arrays.copyOfRange(batch, b * size, (b + 1) * size),
            layer.attend(1, length, member, CAUSAL));
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void rangesMayBeginAnywhereAndNothingElseIsWritten() {
    MultiHeadAttention layer = new MultiHeadAttention(weights(12, 3, 3, true, 8));
    float[] x = Reference.uniform(new SplittableRandom(9), 5 * 12, 1);
    float[] shifted = new float[100];
    System.arraycopy(x, 0, shifted, 7, x.length);
    float[] out = new float[100];
    Arrays.fill(out, 42f);
    layer.attend(1, 5, shifted, 7, out, 11, CAUSAL);
    assertSameBits(Arrays.copyOfRange(out, 11, 71), layer.attend(1, 5, x, CAUSAL));
    assertThat(Arrays.copyOf(out, 11)).containsOnly(42f);
    assertThat(Arrays.copyOfRange(out, 71, 100)).containsOnly(42f);
  }

  @Test
  void noTokensGiveNoAnswers() {
    MultiHeadAttention layer = new MultiHeadAttention(weights(12, 3, 3, true, 8));
    assertThat(layer.attend(1, 0, new float[0], PLAIN)).isEmpty();
    assertThat(layer.attend(0, 5, new float[0], PLAIN)).isEmpty();
  }

  @Test
  void errorsNameWhatWasWrong() {
    MultiHeadAttention layer = new MultiHeadAttention(weights(12, 6, 3, true, 8));
    assertThatThrownBy(() -> layer.attend(1, 2, new float[23], PLAIN))
        .hasMessage("x has 23 floats, [1, 2, 12] from offset 0 on needs 24");
    assertThatThrownBy(() -> layer.headGroup(0, 6))
        .hasMessage("groups 6 does not divide keyValueHeads 3");
  }

  private static void assertClose(float[] actual, double[] expected, long seed) {
    for (int n = 0; n < actual.length; n++) {
      assertThat((double) actual[n])
          .as("seed %d, element %d", seed, n)
          .isBetween(expected[n] - 1e-5, expected[n] + 1e-5);
    }
  }

  private static AttentionParameters weights(
      int modelDim, int heads, int keyValueHeads, boolean biases, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int kvRows = keyValueHeads * (modelDim / heads);
    double bound = 1 / Math.sqrt(modelDim);
    return AttentionParameters.of(
        modelDim,
        heads,
        keyValueHeads,
        Reference.uniform(random, modelDim * modelDim, bound),
        Reference.uniform(random, kvRows * modelDim, bound),
        Reference.uniform(random, kvRows * modelDim, bound),
        Reference.uniform(random, modelDim * modelDim, bound),
        biases ? Reference.uniform(random, modelDim, bound) : null,
        biases ? Reference.uniform(random, kvRows, bound) : null,
        biases ? Reference.uniform(random, kvRows, bound) : null,
        biases ? Reference.uniform(random, modelDim, bound) : null);
  }
}
