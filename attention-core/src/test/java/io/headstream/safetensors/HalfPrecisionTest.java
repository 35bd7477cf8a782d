package io.headstream.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;

class HalfPrecisionTest {
  @Test
  void widensEveryFloat16AsTheStandardDefinesIt() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float widened = HalfPrecision.float16ToFloat((short) bits);
      assertSame(bits, widened, float16ByDefinition(bits));
    }
  }

  @Test
  @EnabledForJreRange(minVersion = 20, disabledReason = "Float.float16ToFloat came with JDK 20")
  void agreesWithTheJdkWhereItKnowsFloat16() throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    MethodHandle widen =
        lookup.findStatic(
            Float.class, "float16ToFloat", MethodType.methodType(float.class, short.class));
    MethodHandle narrow =
        lookup.findStatic(
            Float.class, "floatToFloat16", MethodType.methodType(short.class, float.class));
    for (int bits = 0; bits <= 0xffff; bits++) {
      assertSame(
          bits,
          HalfPrecision.float16ToFloat((short) bits),
          (float) widen.invokeExact((short) bits));
    }
    // A stride that is odd and coprime to the fields visits signs, exponents and significands.
    for (long bits = 0; bits <= 0xffffffffL; bits += 4_099) {
      float value = Float.intBitsToFloat((int) bits);
      if (!Float.isNaN(value)) {
        assertThat(HalfPrecision.floatToFloat16(value))
            .as("%08x", bits)
            .isEqualTo((short) narrow.invokeExact(value));
      }
    }
  }

  @Test
  void narrowsEveryFloat16ToItself() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float value = HalfPrecision.float16ToFloat((short) bits);
      short narrowed = HalfPrecision.floatToFloat16(value);
      if (Float.isNaN(value)) {
        assertThat(HalfPrecision.float16ToFloat(narrowed)).isNaN();
      } else {
        assertThat(narrowed).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void roundsBetweenAnyTwoFloat16ToTheNearestAndTiesToEven() {
    for (int lower = 0; lower < 0x7bff; lower++) {
      double middle = (float16ByDefinition(lower) + float16ByDefinition(lower + 1)) / 2;
      checkTie((float) middle, lower, HalfPrecision::floatToFloat16);
    }
    // Beyond the largest, 65504, the next would be 65536: the half between them is infinity.
    checkTie(65_520f, 0x7bff, HalfPrecision::floatToFloat16);
    assertThat(HalfPrecision.floatToFloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.floatToFloat16(Float.MIN_VALUE)).isZero();
  }

  @Test
  void roundsBetweenAnyTwoBfloat16ToTheNearestAndTiesToEven() {
    for (int lower = 0; lower < 0x7f80; lower++) {
      float middle = Float.intBitsToFloat(lower << 16 | 0x8000);
      checkTie(middle, lower, HalfPrecision::floatToBfloat16);
    }
  }

  @Test
  void widensEveryBfloat16() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float widened = HalfPrecision.bfloat16ToFloat((short) bits);
      assertSame(bits, widened, byDefinition(bits, 8, 7, 127));
      if (!Float.isNaN(widened)) {
        assertThat(HalfPrecision.floatToBfloat16(widened)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void keepsNaNsWhoseBitsAreLow() {
    float low = Float.intBitsToFloat(0x7f800001);
    assertThat(HalfPrecision.float16ToFloat(HalfPrecision.floatToFloat16(low))).isNaN();
    assertThat(HalfPrecision.bfloat16ToFloat(HalfPrecision.floatToBfloat16(low))).isNaN();
    assertThat(HalfPrecision.bfloat16ToFloat(HalfPrecision.floatToBfloat16(-low))).isNaN();
  }

  private interface Narrowing {
    short narrow(float value);
  }

  private static void checkTie(float middle, int lower, Narrowing narrowing) {
    int even = lower + (lower & 1);
    assertThat(narrowing.narrow(middle)).isEqualTo((short) even);
    assertThat(narrowing.narrow(Math.nextDown(middle))).isEqualTo((short) lower);
    assertThat(narrowing.narrow(Math.nextUp(middle))).isEqualTo((short) (lower + 1));
    assertThat(narrowing.narrow(-middle)).isEqualTo((short) (even | 0x8000));
  }

  private static double float16ByDefinition(int bits) {
    return byDefinition(bits, 5, 10, 15);
  }

  /** The value of sign, exponent and fraction by IEEE 754's formula, in double precision. */
  private static double byDefinition(int bits, int exponentBits, int fractionBits, int bias) {
    double sign = (bits & 0x8000) == 0 ? 1 : -1;
    int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
    double fraction = (bits & (1 << fractionBits) - 1) / Math.pow(2, fractionBits);
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    return exponent == 0
        ? sign * Math.pow(2, 1 - bias) * fraction
        : sign * Math.pow(2, exponent - bias) * (1 + fraction);
  }

  private static void assertSame(int bits, float actual, double expected) {
    // Bits, so that -0 and +0 differ and all NaNs are alike.
    assertThat(Float.floatToIntBits(actual))
        .as("%04x: %s, expected %s", bits, actual, expected)
        .isEqualTo(Float.floatToIntBits((float) expected));
  }
}
