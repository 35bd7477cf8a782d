package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.weights.AttentionParameters;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionWarmUpTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 20, 64})
  void itChangesNoBit(int headDim) {
    int heads = 3;
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(heads * headDim, heads, heads, 7));
    float[] x = Reference.uniform(new SplittableRandom(headDim), 70 * heads * headDim, 1);
    float[] before = layer.attend(1, 70, x, AttentionOptions.defaults());
    Duration took = AttentionWarmUp.run(headDim, Duration.ofMillis(200));
    assertThat(took).isPositive();
    Bits.assertSame(
        layer.attend(1, 70, x, AttentionOptions.defaults()), before, "headDim %d", headDim);
  }

  @Test
  void withoutTimeItDoesNothing() {
    assertThat(AttentionWarmUp.run(64, Duration.ZERO)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aHeadHasAChannel() {
    assertThatThrownBy(() -> AttentionWarmUp.run(0, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("headDim");
  }
}
