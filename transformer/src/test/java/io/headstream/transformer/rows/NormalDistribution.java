package io.headstream.transformer.rows;

/** The normal distribution in double precision, by its series and its continued fraction. */
final class NormalDistribution {
  private NormalDistribution() {}

  /** {@code Φ(x)}, right to some 13 digits on both sides. */
  static double probability(double x) {
    return x < 0 ? tail(-x) : 1 - tail(x);
  }

  private static double tail(double t) {
    double density = StrictMath.exp(-t * t / 2) / StrictMath.sqrt(2 * StrictMath.PI);
    return t < 3 ? 0.5 - density * series(t) : density / fraction(t);
  }

  /** {@code t + t³/3 + t⁵/(3·5) + ...}. */
  private static double series(double t) {
    double term = t;
    double sum = t;
    for (int k = 1; k < 100; k++) {
      term *= t * t / (2 * k + 1);
      sum += term;
    }
    return sum;
  }

  /** {@code t + 1/(t + 2/(t + 3/(t + ...)))}. */
  private static double fraction(double t) {
    double fraction = t;
    for (int k = 300; k > 0; k--) {
      fraction = t + k / fraction;
    }
    return fraction;
  }
}
