package io.headstream.transformer.rows.kernel;

import io.headstream.attention.internal.kernel.Exp;
import io.headstream.attention.internal.kernel.Tanh;

/** The activations of one number, and of the last few that fill no vector. */
public final class ScalarActivations {
  private ScalarActivations() {}

  /** {@code max(0, x)}; NaN stays NaN. */
  public static float relu(float x) {
    return x < 0 ? 0 : x;
  }

  /** {@code x · Φ(x)}. */
  public static float gelu(float x) {
    float t = Math.min(Math.abs(x), Tail.NORMAL_END);
    return Math.fma(-t, Tail.normal(t), relu(x));
  }

  /** {@code x · ½ · (1 + tanh(√(2/π)·(x + 0.044715·x³)))}. */
  public static float geluTanh(float x) {
    float t = Math.min(Math.abs(x), Tail.TANH_END);
    return Math.fma(-t, Tail.logistic(Tail.cubic(t)), relu(x));
  }

  /** {@code x · sigmoid(1.702·x)}. */
  public static float quickGelu(float x) {
    float t = Math.min(Math.abs(x), Tail.QUICK_END);
    return Math.fma(-t, Tail.logistic(Tail.QUICK * t), relu(x));
  }

  /** {@code x · sigmoid(x)}. */
  public static float silu(float x) {
    float t = Math.min(Math.abs(x), Tail.LOGISTIC_END);
    return Math.fma(-t, Tail.logistic(t), relu(x));
  }

  /** The hyperbolic tangent. */
  public static float tanh(float x) {
    return Tanh.tanh(x);
  }

  /** {@code 1 / (1 + exp(-x))}. */
  public static float sigmoid(float x) {
    float e = Exp.exp(-Math.abs(x));
    return (x < 0 ? e : 1f) / (1f + e);
  }
}
