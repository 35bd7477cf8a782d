package io.headstream.attention.internal.kernel;

/**
 * The exponential function of the softmax, with the same bits on every JVM.
 *
 * <p>{@code e^x = 2^n · 2^f} with {@code n} the nearest integer to {@code x · log2(e)}. {@code 2^f}
 * is a polynomial whose constant term is exactly 1, and {@code 2^n} is made from exponent bits.
 * Only multiply-adds, one maximum and integer operations: whatever JIT or vector unit runs them,
 * they are rounded alike. {@code Math.exp} is not.
 */
public final class Exp {
  /** Arguments below this give +0: here n is -127, whose exponent bits are all zero. */
  public static final float LOWEST = -88.02969f;

  public static final float LOG2_E = 1.442695f;

  /** 1.5 · 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
  public static final float SHIFT = 12582912f;

  public static final int EXPONENT_BIAS = 127;
  public static final int MANTISSA_BITS = 23;

  // 2^f on [-0.5, 0.5], relative error below 2^-28 before rounding.
  public static final float C1 = 0.6931472f;
  public static final float C2 = 0.24022648f;
  public static final float C3 = 0.055503324f;
  public static final float C4 = 0.009618437f;
  public static final float C5 = 0.0013398874f;
  public static final float C6 = 0.00015353362f;

  private Exp() {}

  /**
   * {@code e^x} for {@code x <= 0}. Exactly 1 for ±0, exactly +0 for minus infinity, NaN for NaN.
   */
  public static float exp(float x) {
    float clamped = Math.max(x, LOWEST);
    float shifted = Math.fma(clamped, LOG2_E, SHIFT);
    float f = Math.fma(clamped, LOG2_E, -(shifted - SHIFT));
    float p = Math.fma(C6, f, C5);
    p = Math.fma(p, f, C4);
    p = Math.fma(p, f, C3);
    p = Math.fma(p, f, C2);
    p = Math.fma(p, f, C1);
    p = Math.fma(p, f, 1f);
    // SHIFT's own bits are zero in the nine lowest places, so only n + 127 is left after the shift.
    int bits = Float.floatToRawIntBits(shifted) + EXPONENT_BIAS << MANTISSA_BITS;
    return p * Float.intBitsToFloat(bits);
  }

  /** {@code max + log(sum)}, once a row and the same bits on every JVM. */
  public static float logSumExp(float max, float sum) {
    return sum == 0 ? Float.NEGATIVE_INFINITY : (float) (max + StrictMath.log(sum));
  }
}
