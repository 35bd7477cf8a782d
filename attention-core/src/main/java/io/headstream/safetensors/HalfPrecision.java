package io.headstream.safetensors;

/**
 * Floats of 16 bits from and to float32: IEEE 754 half precision (F16) and the upper half of a
 * float32 (BF16).
 *
 * <p>Own code, because {@code Float.float16ToFloat} came only with JDK 20. Widening is exact,
 * narrowing rounds to nearest, ties to even; what is too large becomes infinity, NaN stays NaN. No
 * method allocates or throws; all may be called from any thread.
 */
public final class HalfPrecision {
  private static final int SIGN_16 = 0x8000;
  private static final int MAGNITUDE_16 = 0x7fff;
  private static final int INFINITY_16 = 0x7c00;
  private static final int NAN_16 = 0x7e00;
  private static final int MAGNITUDE_32 = 0x7fffffff;
  private static final int INFINITY_32 = 0x7f800000;

  /** Float32 keeps 13 more bits of the significand than F16. */
  private static final int EXTRA_BITS = 13;

  /** Between the two biases of the exponent, 127 and 15, in place in a float32. */
  private static final int BIAS_DIFFERENCE = (127 - 15) << 23;

  /** 2^-14, the smallest normal number of F16. */
  private static final int SMALLEST_NORMAL_16 = BIAS_DIFFERENCE + (1 << 23);

  /** 65520, halfway between the largest number of F16 and the next, which it does not have. */
  private static final int FIRST_ROUNDED_TO_INFINITY = 0x477ff000;

  private HalfPrecision() {}

  /**
   * Widens an F16.
   *
   * @param bits the F16's bits
   * @return the same number, exactly; NaN if it is one
   */
  public static float float16ToFloat(short bits) {
    int sign = (bits & SIGN_16) << 16;
    int magnitude = bits & MAGNITUDE_16;
    int widened;
    if (magnitude >= INFINITY_16) {
      widened = INFINITY_32 | (magnitude & 0x3ff) << EXTRA_BITS;
    } else if (magnitude >= 0x400) {
      widened = (magnitude << EXTRA_BITS) + BIAS_DIFFERENCE;
    } else {
      // Zero or subnormal: a count of 2^-24, both factors and the product exact in float32.
      widened = Float.floatToRawIntBits(magnitude * 0x1p-24f);
    }
    return Float.intBitsToFloat(sign | widened);
  }

  /**
   * Narrows to F16.
   *
   * @param value any float
   * @return the bits of the nearest F16, the even one of two; infinity from 65520 on
   */
  public static short floatToFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & SIGN_16;
    int magnitude = bits & MAGNITUDE_32;
    int narrowed;
    if (magnitude > INFINITY_32) {
      narrowed = NAN_16;
    } else if (magnitude >= FIRST_ROUNDED_TO_INFINITY) {
      narrowed = INFINITY_16;
    } else if (magnitude >= SMALLEST_NORMAL_16) {
      narrowed = dropRounded(magnitude, EXTRA_BITS) - (BIAS_DIFFERENCE >>> EXTRA_BITS);
    } else {
      // The floats from 0.5 on are 2^-24 apart, as F16's subnormals are: this addition rounds.
      float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
      narrowed = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f);
    }
    return (short) (sign | narrowed);
  }

  /**
   * Widens a BF16.
   *
   * @param bits the BF16's bits
   * @return the same number, exactly; NaN if it is one
   */
  public static float bfloat16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /**
   * Narrows to BF16.
   *
   * @param value any float
   * @return the bits of the nearest BF16, the even one of two; infinity where that is too large
   */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & MAGNITUDE_32) > INFINITY_32) {
      // A NaN whose bits are all in the lower half would else be cut to infinity.
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) dropRounded(bits, 16);
  }

  /** Drops the lowest bits and rounds to nearest, ties to even; a carry moves the exponent up. */
  private static int dropRounded(int bits, int dropped) {
    int lowestKept = bits >>> dropped & 1;
    return bits + (1 << dropped - 1) - 1 + lowestKept >>> dropped;
  }
}
