package io.headstream.attention;

import io.headstream.attention.internal.SplitMix64;

/** Random numbers that are the same on every JDK. */
final class Draw {
  private final long seed;
  private long count;

  Draw(long seed) {
    this.seed = seed;
  }

  /** A whole number, {@code from <= n < to}. */
  int between(int from, int to) {
    return from + (int) Long.remainderUnsigned(SplitMix64.at(seed, count++), to - from);
  }

  /** One of the numbers. */
  int oneOf(int... numbers) {
    return numbers[between(0, numbers.length)];
  }

  /** True once in so many. */
  boolean oneIn(int n) {
    return between(0, n) == 0;
  }

  /** Floats between minus and plus a bound. */
  float[] floats(int length, float bound) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) SplitMix64.symmetricAt(seed, count++) * bound;
    }
    return values;
  }

  /** Floats of which a few are NaN or infinite. */
  float[] withoutEnd(int length, float bound) {
    float[] values = floats(length, bound);
    for (int n = between(1, 4); n > 0 && length > 0; n--) {
      values[between(0, length)] =
          oneIn(2) ? Float.NaN : oneIn(2) ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }
    return values;
  }
}
