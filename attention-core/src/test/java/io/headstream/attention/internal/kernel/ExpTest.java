package io.headstream.attention.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpTest {

  @Test
  void isExactWhereTheSoftmaxReliesOnIt() {
    assertThat(Float.floatToRawIntBits(Exp.exp(0f))).isEqualTo(Float.floatToRawIntBits(1f));
    assertThat(Float.floatToRawIntBits(Exp.exp(-0f))).isEqualTo(Float.floatToRawIntBits(1f));
    assertThat(Float.floatToRawIntBits(Exp.exp(Float.NEGATIVE_INFINITY))).isZero();
    assertThat(Float.floatToRawIntBits(Exp.exp(-Float.MAX_VALUE))).isZero();
    assertThat(Exp.exp(Float.NaN)).isNaN();
  }

  @Test
  void isWithinOneAndAHalfUlpNearZeroAndWithinTheArgumentsOwnErrorBelow() {
    for (float x = -87f; x <= 0f; x += 0x1p-10f) {
      double exact = Math.exp(x);
      // log2(e) is rounded to float, which the argument multiplies.
      double allowed = (1.5 + 0.25 * -x) * 0x1p-23;
      assertThat(Math.abs(Exp.exp(x) - exact) / exact).as("exp(%s)", x).isLessThan(allowed);
    }
  }

  @Test
  void neverRises() {
    float above = Exp.exp(0f);
    for (float x = 0f; x > -120f; x -= 0x1p-8f) {
      float value = Exp.exp(x);
      assertThat(value).as("exp(%s)", x).isBetween(0f, above);
      above = value;
    }
  }
}
