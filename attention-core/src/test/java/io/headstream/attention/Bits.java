package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparisons without a tolerance. */
final class Bits {
  private Bits() {}

  /** All NaNs are one; -0 is not +0. */
  static void assertSame(float[] actual, float[] expected, String what, Object... arguments) {
    String as = what.formatted(arguments);
    assertThat(actual).as(as).hasSameSizeAs(expected);
    for (int n = 0; n < actual.length; n++) {
      if (Float.floatToIntBits(actual[n]) != Float.floatToIntBits(expected[n])) {
        assertThat(actual[n]).as("%s, element %d", as, n).isEqualTo(expected[n]);
        throw new AssertionError("%s, element %d: the zeros differ in sign".formatted(as, n));
      }
    }
  }
}
