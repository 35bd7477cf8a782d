package io.headstream.job.app.source;

/** Reads a decimal number as the nearest float32, rounded once. */
final class FloatText {
  private static final double[] POWERS_OF_TEN = new double[23];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      // Exact: 10^22 is the last power of ten that a double holds.
      POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
    }
  }

  private static final long MAX_EXACT_DIGITS = 1L << 53;

  /** The bits of a double's significand that a float has not got, and their half. */
  private static final long ROUNDED_BITS = (1L << 29) - 1;

  private static final long HALF = 1L << 28;

  private FloatText() {}

  /**
   * The float nearest to a number that is written as JSON writes numbers; ties to even, infinite
   * when it is too large.
   *
   * <p>The fast way: digits below 2^53 and a power of ten up to 10^22 are exact doubles, so their
   * product or quotient is the double nearest to the number. Rounding it to float rounds a second
   * time, which differs from rounding once only where that double lies exactly between two floats.
   * There, outside the normal range, and for longer numbers the JDK reads the text.
   */
  static float parse(char[] text, int offset, int length) {
    int end = offset + length;
    int i = offset;
    boolean negative = text[i] == '-';
    if (negative) {
      i++;
    }
    long digits = 0;
    int exponent = 0;
    boolean fraction = false;
    for (; i < end; i++) {
      char c = text[i];
      if (c == '.') {
        fraction = true;
      } else if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
        if (digits >= MAX_EXACT_DIGITS) {
          return Float.parseFloat(new String(text, offset, length));
        }
        exponent -= fraction ? 1 : 0;
      } else {
        break;
      }
    }
    if (i < end) {
      if (end - i > 5) {
        return Float.parseFloat(new String(text, offset, length));
      }
      exponent += exponent(text, i + 1, end);
    }
    if (digits == 0) {
      return negative ? -0.0f : 0.0f;
    }
    if (Math.abs(exponent) < POWERS_OF_TEN.length) {
      double power = POWERS_OF_TEN[Math.abs(exponent)];
      double nearest = exponent < 0 ? digits / power : digits * power;
      boolean between = (Double.doubleToRawLongBits(nearest) & ROUNDED_BITS) == HALF;
      if (!between && nearest >= Float.MIN_NORMAL && nearest <= Float.MAX_VALUE) {
        return (float) (negative ? -nearest : nearest);
      }
    }
    return Float.parseFloat(new String(text, offset, length));
  }

  private static int exponent(char[] text, int from, int end) {
    int i = text[from] == '-' || text[from] == '+' ? from + 1 : from;
    int exponent = 0;
    for (; i < end; i++) {
      exponent = exponent * 10 + (text[i] - '0');
    }
    return text[from] == '-' ? -exponent : exponent;
  }
}
