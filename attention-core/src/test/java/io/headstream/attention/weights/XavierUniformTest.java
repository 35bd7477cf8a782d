package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headstream.attention.internal.SplitMix64;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XavierUniformTest {
  @Test
  void generatorIsSplitMix64() {
    // The reference implementation's first numbers for this seed.
    assertThat(SplitMix64.at(1_234_567, 0)).isEqualTo(6_457_827_717_110_365_317L);
    assertThat(SplitMix64.at(1_234_567, 1)).isEqualTo(3_203_168_211_198_807_973L);
    SplittableRandom sameAlgorithm = new SplittableRandom(-42);
    for (int i = 0; i < 1_000; i++) {
      assertThat(SplitMix64.at(-42, i)).isEqualTo(sameAlgorithm.nextLong());
    }
  }

  @Test
  void theseBitsNeverChange() {
    AttentionParameters weights = AttentionParameters.xavierUniform(64, 4, 2, 7);
    // From the definitions, in another language.
    assertThat(Arrays.copyOf(weights.queryWeight(), 3))
        .containsExactly(
            Float.intBitsToFloat(0x3dc46f88),
            Float.intBitsToFloat(0x3d84c260),
            Float.intBitsToFloat(0x3caf247d));
    assertThat(weights.digest())
        .isEqualTo("12ce570c3f3f9807638e3944ccd6855d121cf9e1181cb7ae7d26735ad4d2d177");
  }

  @Test
  void theSameSeedGivesTheSameWeights() {
    String digest = AttentionParameters.xavierUniform(64, 4, 2, 7).digest();
    assertThat(AttentionParameters.xavierUniform(64, 4, 2, 7).digest()).isEqualTo(digest);
    assertThat(AttentionParameters.xavierUniform(64, 4, 2, 8).digest()).isNotEqualTo(digest);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void fillsEachMatrixUpToItsOwnBound(int keyValueHeads) {
    int modelDim = 128;
    AttentionParameters weights = AttentionParameters.xavierUniform(modelDim, 8, keyValueHeads, 3);
    double square = Math.sqrt(6.0 / (2 * modelDim));
    double grouped = Math.sqrt(6.0 / (modelDim + keyValueHeads * modelDim / 8.0));
    checkUniform(weights.queryWeight(), square);
    checkUniform(weights.outputWeight(), square);
    checkUniform(weights.keyWeight(), grouped);
    checkUniform(weights.valueWeight(), grouped);
    assertThat(weights.queryWeight()).isNotEqualTo(weights.outputWeight());
    assertThat(weights.keyWeight()).isNotEqualTo(weights.valueWeight());
    assertThat(weights.queryBias()).isNull();
    assertThat(weights.keyBias()).isNull();
    assertThat(weights.valueBias()).isNull();
    assertThat(weights.outputBias()).isNull();
  }

  /** With 2,048 values and more; the seed is fixed, so this passes always or never. */
  private static void checkUniform(float[] values, double bound) {
    double largest = 0;
    double sum = 0;
    double sumOfSquares = 0;
    for (float value : values) {
      assertThat(value).isNotZero();
      largest = Math.max(largest, Math.abs(value));
      sum += value;
      sumOfSquares += (double) value * value;
    }
    double standardDeviation = bound / Math.sqrt(3);
    assertThat(largest).isLessThanOrEqualTo(Math.nextUp((float) bound)).isGreaterThan(0.99 * bound);
    assertThat(sum / values.length)
        .isCloseTo(0, within(5 * standardDeviation / Math.sqrt(values.length)));
    assertThat(Math.sqrt(sumOfSquares / values.length))
        .isCloseTo(standardDeviation, within(0.05 * standardDeviation));
  }
}
