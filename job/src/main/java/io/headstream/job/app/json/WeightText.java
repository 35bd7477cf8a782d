package io.headstream.job.app.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import io.headstream.job.records.AttentionRow;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes attention weights with the fewest digits that read back to the same float, and of those
 * the closest: the characters of {@link JsonGenerator#writeNumber(float)} in a fraction of its
 * time, because 64 bits are enough for weights between 1e-9 and 1, and because these are written
 * past the generator, into its stream. For one thread.
 *
 * <p>Such a weight is {@code m · 2^-e}, and all that is nearer to it than to other floats lies
 * between {@code (2m - 1) · 2^-(e+1)} and {@code (2m + 1) · 2^-(e+1)}. Times the power of ten with
 * which these are at least one and less than ten apart, there is an integer between them, and at
 * most one that ends in 0, which is then the shortest.
 */
final class WeightText {
  /** Weights from here on have products of fewer than 63 bits and exponents of one digit. */
  private static final float LEAST = 1e-9f;

  /** From here on without an exponent. */
  private static final float LEAST_PLAIN = 0.001f;

  private static final int EIGHT_DIGITS = 100_000_000;
  private static final long[] FIVES = powers(5, 17);
  private static final long[] TENS = powers(10, 17);

  /** By {@code e}, the power of ten for {@code m · 2^-e}. */
  private static final int[] POWERS = new int[54];

  static {
    for (int e = 24; e < POWERS.length; e++) {
      while (TENS[POWERS[e]] < 1L << e) {
        POWERS[e]++;
      }
    }
  }

  /** Room for a number and a comma; the longest is {@code -1.2345678E-38}. */
  private static final int LONGEST = 24;

  private static final long ZEROS = 0x3030_3030_3030_3030L;
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] text = new byte[8192];
  private int end;

  private static long[] powers(int base, int count) {
    long[] powers = new long[count];
    powers[0] = 1;
    for (int n = 1; n < count; n++) {
      powers[n] = base * powers[n - 1];
    }
    return powers;
  }

  /** Writes an array of weights: 0 and 1 as these, what is not finite as null. */
  void writeArray(float[] weights, int offset, int count, JsonGenerator json) throws IOException {
    OutputStream stream = begin(json);
    for (int n = 0; n < count; n++) {
      next(n, stream);
      put(weights[offset + n]);
    }
    end(stream);
  }

  /** Writes the positions of a row's keys as an array. */
  void writeKeys(AttentionRow row, JsonGenerator json) throws IOException {
    OutputStream stream = begin(json);
    for (int n = 0; n < row.weights().length; n++) {
      next(n, stream);
      put(row.key(n));
    }
    end(stream);
  }

  /** The generator's stream, with all that has to stand before a value in it. */
  private OutputStream begin(JsonGenerator json) throws IOException {
    json.writeRawValue("");
    json.flush();
    put('[');
    return (OutputStream) json.getOutputTarget();
  }

  private void next(int n, OutputStream stream) throws IOException {
    if (n > 0) {
      put(',');
    }
    if (end > text.length - LONGEST) {
      flush(stream);
    }
  }

  private void end(OutputStream stream) throws IOException {
    put(']');
    flush(stream);
  }

  private void flush(OutputStream stream) throws IOException {
    stream.write(text, 0, end);
    end = 0;
  }

  private void put(float weight) {
    int bits = Float.floatToRawIntBits(weight);
    int fraction = bits & 0x7fffff;
    if (weight > LEAST && weight < 1 && fraction != 0) {
      int e = 150 - (bits >>> 23);
      int power = POWERS[e];
      int digits = shortest(fraction | 0x800000, e, power);
      if (weight >= LEAST_PLAIN) {
        putPlain(digits, power);
      } else {
        putWithExponent(digits, power);
      }
    } else if (weight == 0 || weight == 1) {
      put((char) ('0' + (int) weight));
    } else {
      put(Float.isFinite(weight) ? NumberOutput.toString(weight, true) : "null");
    }
  }

  /** The digits of {@code m · 2^-e}, {@code 2^23 < m < 2^24}, times a power of ten. */
  private static int shortest(int m, int e, int power) {
    int shift = e + 1 - power;
    long half = FIVES[power]; // a half of the distance to the next float
    long middle = 2 * m * half;
    // A float whose last bit is 0 is also what its very ends are read as.
    long reach = half - (m & 1);
    long whole = middle >>> shift;
    long tens = whole / 10 * 10;
    long rest = middle - (tens << shift);
    long ten = 10L << shift;
    if (rest <= reach) {
      return (int) tens;
    }
    if (ten - rest <= reach) {
      return (int) tens + 10;
    }
    // To the nearest, from the middle to the even one.
    long up = (1L << shift - 1) - 1 + (whole & 1);
    return (int) (middle + up >>> shift);
  }

  /** Puts {@code digits · 10^-power}, of at most ten digits behind the point. */
  private void putPlain(int digits, int power) {
    long ten = digits * TENS[10 - power];
    int first = (int) (ten / EIGHT_DIGITS);
    int rest = (int) (ten - (long) first * EIGHT_DIGITS);
    put('0');
    put('.');
    put((char) ('0' + first / 10));
    put((char) ('0' + first % 10));
    putEight(rest);
    if (rest == 0 && first % 10 == 0) {
      end--;
    }
  }

  /** Puts {@code digits · 10^-power}, seven to nine digits, with one of them before the point. */
  private void putWithExponent(int digits, int power) {
    int more = (digits < EIGHT_DIGITS ? 1 : 0) + (digits < EIGHT_DIGITS / 10 ? 1 : 0);
    int nine = digits * (int) TENS[more];
    int first = nine / EIGHT_DIGITS;
    int rest = nine - first * EIGHT_DIGITS;
    put((char) ('0' + first));
    put('.');
    putEight(rest);
    if (rest == 0) {
      put('0');
    }
    put('E');
    put('-');
    put((char) ('0' + power + more - 8));
  }

  /** Puts a number's eight digits without the zeros at their end. */
  private void putEight(int number) {
    long digits = eightDigits(number);
    EIGHT_BYTES.set(text, end, digits + ZEROS);
    end += 8 - (Long.numberOfLeadingZeros(digits) >>> 3);
  }

  /** A number's digits, a byte each, the first in the lowest: halves of 8, of 4, of 2 at once. */
  private static long eightDigits(int number) {
    int thousands = number / 10_000;
    long fours = thousands + ((long) (number - 10_000 * thousands) << 32);
    long hundreds = fours * 5243 >>> 19 & 0x7f_0000_007fL; // of each, / 100
    long twos = hundreds + (fours - 100 * hundreds << 16);
    long tens = twos * 103 >>> 10 & 0xf_000f_000f_000fL; // of each, / 10
    return tens + (twos - 10 * tens << 8);
  }

  private void put(int position) {
    int digits = 1;
    while (digits < 10 && position >= TENS[digits]) {
      digits++;
    }
    int rest = position;
    for (int n = end + digits - 1; n >= end; n--) {
      int tenth = rest / 10;
      text[n] = (byte) ('0' + rest - 10 * tenth);
      rest = tenth;
    }
    end += digits;
  }

  private void put(String ascii) {
    for (int n = 0; n < ascii.length(); n++) {
      put(ascii.charAt(n));
    }
  }

  private void put(char c) {
    text[end++] = (byte) c;
  }
}
