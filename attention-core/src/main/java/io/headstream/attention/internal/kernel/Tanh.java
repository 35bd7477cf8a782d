package io.headstream.attention.internal.kernel;

/**
 * The hyperbolic tangent of the soft cap, with the same bits on every JVM.
 *
 * <p>Up to 0.65 an odd polynomial; above, {@code (1 - e) / (1 + e)} with {@code e} our own {@link
 * Exp} of {@code -2|x|}. Only multiply-adds, divisions and selects, which every JIT and vector unit
 * rounds alike. {@code Math.tanh} is not rounded alike, and {@code StrictMath.tanh} has no lanes.
 */
public final class Tanh {
  public static final float POLYNOMIAL_UP_TO = 0.65f;

  // tanh(x) = x + x·z·P(z), z = x², relative error below 2^-31 before rounding.
  public static final float C0 = -0.33333330f;
  public static final float C1 = 0.13333152f;
  public static final float C2 = -0.05393994f;
  public static final float C3 = 0.02166340f;
  public static final float C4 = -0.00808561f;
  public static final float C5 = 0.00205957f;

  private Tanh() {}

  /** {@code tanh(x)}: ±1 for ±infinity, NaN for NaN. */
  public static float tanh(float x) {
    float magnitude = Math.abs(x);
    float z = x * x;
    float p = Math.fma(C5, z, C4);
    p = Math.fma(p, z, C3);
    p = Math.fma(p, z, C2);
    p = Math.fma(p, z, C1);
    p = Math.fma(p, z, C0);
    float small = Math.fma(x * z, p, x);
    float e = Exp.exp(-2f * magnitude);
    float large = Math.copySign((1f - e) / (1f + e), x);
    return magnitude <= POLYNOMIAL_UP_TO ? small : large;
  }
}
