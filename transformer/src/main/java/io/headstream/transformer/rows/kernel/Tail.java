package io.headstream.transformer.rows.kernel;

import io.headstream.attention.internal.kernel.Exp;

/**
 * What is left of x by the activations {@code x · F(x)} whose {@code F} rises from 0 to 1 and has
 * {@code F(-x) = 1 - F(x)}: they are {@code max(0, x) - |x| · F(-|x|)}. So only the tail {@code
 * F(-t)}, {@code t >= 0}, has to be known. Nothing cancels in it, and what is far out ends in +0.
 */
public final class Tail {
  /** Where the normal distribution's tail ends: beyond, half of {@code 2^-126} is taken for +0. */
  public static final float NORMAL_END = 12.983759f;

  /** One less than in {@link Exp}: the tail is half a power of two. */
  public static final int HALF_BIAS = Exp.EXPONENT_BIAS - 1;

  // log2(2·Φ(-t)) = t·P(t) on [0, 13], fitted so that t·Φ(-t) is off by 2^-25 of itself, or 2^-38.
  public static final float P0 = -1.1511054f;
  public static final float P1 = -0.45921192f;
  public static final float P2 = -0.05245986f;
  public static final float P3 = 0.006955842f;
  public static final float P4 = 1.4196516e-05f;
  public static final float P5 = -0.00030167177f;
  public static final float P6 = 8.973047e-05f;
  public static final float P7 = -1.5319605e-05f;
  public static final float P8 = 1.6831818e-06f;
  public static final float P9 = -1.1650626e-07f;
  public static final float P10 = 4.5956887e-09f;
  public static final float P11 = -7.8282276e-11f;

  /** Where {@code 1 / (1 + exp(t))} ends, since our exp does. */
  public static final float LOGISTIC_END = -Exp.LOWEST;

  /** {@code 2·√(2/π)} and {@code 2·√(2/π)·0.044715}. */
  public static final float TANH_LINEAR = 1.5957692f;

  public static final float TANH_CUBIC = 0.071354814f;

  /** Where exp's argument in the tanh form of gelu passes {@link Exp#LOWEST}. */
  public static final float TANH_END = 10.035f;

  public static final float QUICK = 1.702f;

  /** Where exp's argument in quick gelu passes {@link Exp#LOWEST}. */
  public static final float QUICK_END = 51.75f;

  private Tail() {}

  /** {@code Φ(-t) = erfc(t/√2)/2} for {@code 0 <= t <= }{@link #NORMAL_END}. */
  static float normal(float t) {
    float p = Math.fma(P11, t, P10);
    p = Math.fma(p, t, P9);
    p = Math.fma(p, t, P8);
    p = Math.fma(p, t, P7);
    p = Math.fma(p, t, P6);
    p = Math.fma(p, t, P5);
    p = Math.fma(p, t, P4);
    p = Math.fma(p, t, P3);
    p = Math.fma(p, t, P2);
    p = Math.fma(p, t, P1);
    p = Math.fma(p, t, P0);
    // 2^(t·p - 1), as in Exp.
    float shifted = Math.fma(p, t, Exp.SHIFT);
    float f = Math.fma(p, t, Exp.SHIFT - shifted);
    float power = Math.fma(Exp.C6, f, Exp.C5);
    power = Math.fma(power, f, Exp.C4);
    power = Math.fma(power, f, Exp.C3);
    power = Math.fma(power, f, Exp.C2);
    power = Math.fma(power, f, Exp.C1);
    power = Math.fma(power, f, 1f);
    int bits = Float.floatToRawIntBits(shifted) + HALF_BIAS << Exp.MANTISSA_BITS;
    return power * Float.intBitsToFloat(bits);
  }

  /** {@code 1 / (1 + exp(t))} for {@code t >= 0}. */
  static float logistic(float t) {
    float e = Exp.exp(-t);
    return e / (1f + e);
  }

  /** {@code 2·√(2/π)·(t + 0.044715·t³)}. */
  static float cubic(float t) {
    return t * Math.fma(TANH_CUBIC, t * t, TANH_LINEAR);
  }
}
