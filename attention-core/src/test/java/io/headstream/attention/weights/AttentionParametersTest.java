package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionParametersTest {
  /** Model dimension 4, 4 heads, 2 key/value heads: the arrays below have 16 or 8 values. */
  private final float[][] arrays = {
    new float[16],
    new float[8],
    new float[8],
    new float[16],
    {1, 2, 3, 4},
    {5, 6},
    {7, 8},
    {9, 0, 1, 2},
  };

  @Test
  void keepsTheVeryArrays() {
    AttentionParameters weights = weights();
    assertThat(weights.modelDim()).isEqualTo(4);
    assertThat(weights.heads()).isEqualTo(4);
    assertThat(weights.keyValueHeads()).isEqualTo(2);
    assertThat(weights.headDim()).isEqualTo(1);
    assertThat(weights.queryWeight()).isSameAs(arrays[0]);
    assertThat(weights.keyWeight()).isSameAs(arrays[1]);
    assertThat(weights.valueWeight()).isSameAs(arrays[2]);
    assertThat(weights.outputWeight()).isSameAs(arrays[3]);
    assertThat(weights.queryBias()).isSameAs(arrays[4]);
    assertThat(weights.keyBias()).isSameAs(arrays[5]);
    assertThat(weights.valueBias()).isSameAs(arrays[6]);
    assertThat(weights.outputBias()).isSameAs(arrays[7]);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 'queryWeight has 3 values, expected [4, 4]'",
    "1, 'keyWeight has 3 values, expected [2, 4]'",
    "2, 'valueWeight has 3 values, expected [2, 4]'",
    "3, 'outputWeight has 3 values, expected [4, 4]'",
    "4, 'queryBias has 3 values, expected [4]'",
    "5, 'keyBias has 3 values, expected [2]'",
    "6, 'valueBias has 3 values, expected [2]'",
    "7, 'outputBias has 3 values, expected [4]'",
  })
  void refusesAnotherSize(int array, String message) {
    arrays[array] = new float[3];
    assertThatThrownBy(this::weights)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void needsEveryMatrixButNoBias() {
    for (int array = 7; array >= 4; array--) {
      arrays[array] = null;
      weights();
    }
    arrays[3] = null;
    assertThatThrownBy(this::weights)
        .isInstanceOf(NullPointerException.class)
        .hasMessage("outputWeight");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 'model-dim is 0, expected 1 to 46340'",
    "46341, 1, 1, 'model-dim is 46341, expected 1 to 46340'",
    "64, 5, 5, 'heads is 5, expected a divisor of model-dim 64'",
    "64, 0, 1, 'heads is 0, expected a divisor of model-dim 64'",
    "64, -4, 1, 'heads is -4, expected a divisor of model-dim 64'",
    "64, 4, 3, 'kv-heads is 3, expected a divisor of heads 4'",
    "64, 4, 8, 'kv-heads is 8, expected a divisor of heads 4'",
    "64, 4, 0, 'kv-heads is 0, expected a divisor of heads 4'",
  })
  void refusesHeadsThatDoNotDivide(int modelDim, int heads, int keyValueHeads, String message) {
    assertThatThrownBy(() -> AttentionParameters.xavierUniform(modelDim, heads, keyValueHeads, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void takesTheSmallestAndTheLargest() {
    assertThatCode(() -> AttentionParameters.checkDimensions(1, 1, 1)).doesNotThrowAnyException();
    assertThatCode(() -> AttentionParameters.checkDimensions(46_340, 1, 1))
        .doesNotThrowAnyException();
  }

  @Test
  void digestsEqualWeightsAlike() {
    assertThat(weights().digest()).isEqualTo(weights().digest()).matches("[0-9a-f]{64}");
    for (int array = 0; array < arrays.length; array++) {
      arrays[array] = arrays[array].clone();
    }
    String digest = weights().digest();
    assertThat(weights().digest()).isEqualTo(digest);
  }

  @Test
  void digestsTellAnyDifference() {
    Set<String> digests = new HashSet<>();
    digests.add(weights().digest());
    for (int array = 0; array < arrays.length; array++) {
      float before = arrays[array][1];
      arrays[array][1] = Math.nextUp(before);
      digests.add(weights().digest());
      arrays[array][1] = before;
    }
    arrays[0][0] = -0.0f;
    digests.add(weights().digest());
    arrays[0][0] = 0.0f;
    for (int array = 4; array < 8; array++) {
      float[] before = arrays[array];
      arrays[array] = null;
      digests.add(weights().digest());
      arrays[array] = new float[before.length];
      digests.add(weights().digest());
      arrays[array] = before;
    }
    // The same values, cut into heads in another way.
    float[] square = new float[16];
    for (int heads : new int[] {1, 2, 4}) {
      digests.add(
          AttentionParameters.of(
                  4, heads, heads, square, square, square, square, null, null, null, null)
              .digest());
    }
    assertThat(digests).hasSize(1 + 8 + 1 + 8 + 3);
  }

  @Test
  void digestsMoreThanOnePiece() {
    float[] square = new float[200 * 200];
    Set<String> digests = new HashSet<>();
    for (int changed : new int[] {0, 16_383, 16_384, 39_999}) {
      square[changed] = 1;
      digests.add(
          AttentionParameters.of(200, 1, 1, square, square, square, square, null, null, null, null)
              .digest());
    }
    assertThat(digests).hasSize(4);
  }

  private AttentionParameters weights() {
    return AttentionParameters.of(
        4, 4, 2, arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5], arrays[6],
        arrays[7]);
  }
}
