package io.headstream.attention.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TanhTest {

  @Test
  void isWithinThreeUlpEverywhere() {
    for (int bits = 0; bits < Float.floatToIntBits(20f); bits += 4999) {
      float x = Float.intBitsToFloat(bits);
      double exact = StrictMath.tanh(x);
      double allowed = 3 * Math.max(Math.ulp((float) exact), Float.MIN_VALUE);
      assertThat(Math.abs(Tanh.tanh(x) - exact)).as("tanh(%s)", x).isLessThanOrEqualTo(allowed);
      assertThat(Tanh.tanh(-x)).as("tanh(-%s)", x).isEqualTo(-Tanh.tanh(x));
    }
  }

  @Test
  void isExactAtItsEnds() {
    assertThat(Tanh.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(Tanh.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
    assertThat(Tanh.tanh(3e38f)).isEqualTo(1f);
    assertThat(Tanh.tanh(0f)).isEqualTo(0f);
    assertThat(Tanh.tanh(Float.NaN)).isNaN();
  }
}
