package io.headstream.transformer.rows;

/** The checks that norms share. */
final class NormArguments {
  private NormArguments() {}

  static float eps(float eps) {
    if (!(eps >= 0 && eps < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "eps is " + eps + ", must be a finite number that is not negative");
    }
    return eps;
  }
}
