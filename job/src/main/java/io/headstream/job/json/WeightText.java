package io.headstream.job.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import io.headstream.job.records.AttentionRow;
import java.io.IOException;

/**
 * Writes attention weights with the fewest digits that read back to the same float, and of those
 * the closest: the characters of {@link JsonGenerator#writeNumber(float)}, in a third of its time,
 * because most weights are between 0 and 1 and 64 bits are enough for those, and a generator is
 * given thousands of characters at a time. For one thread.
 *
 * <p>Such a weight is {@code m · 2^-e}, and all that is nearer to it than to other floats lies
 * between {@code (2m - 1) · 2^-(e+1)} and {@code (2m + 1) · 2^-(e+1)}. Times a power of ten with
 * which it has nine digits, both ends are integers over a power of two; looked for is the shortest
 * integer between them.
 */
final class WeightText {
  /** Weights from here on have products of fewer than 64 bits: 2^-19. */
  private static final float LEAST = 0x1p-19f;

  private static final int NINE_DIGITS = 100_000_000;
  private static final int[] TENS = new int[10];
  private static final long[] FIVES = new long[16];

  static {
    TENS[0] = 1;
    for (int n = 1; n < TENS.length; n++) {
      TENS[n] = 10 * TENS[n - 1];
    }
    FIVES[0] = 1;
    for (int n = 1; n < FIVES.length; n++) {
      FIVES[n] = 5 * FIVES[n - 1];
    }
  }

  /** Room for a number and a comma; the longest is {@code -1.2345678E-38}. */
  private static final int LONGEST = 24;

  private final char[] text = new char[4096];
  private int end;
  private boolean begun;

  /** Writes an array of weights: 0 and 1 as these, what is not finite as null. */
  void writeArray(float[] weights, int offset, int count, JsonGenerator json) throws IOException {
    begin();
    for (int n = 0; n < count; n++) {
      next(n, json);
      put(weights[offset + n]);
    }
    end(json);
  }

  /** Writes the positions of a row's keys as an array. */
  void writeKeys(AttentionRow row, JsonGenerator json) throws IOException {
    begin();
    for (int n = 0; n < row.weights().length; n++) {
      next(n, json);
      put(row.key(n));
    }
    end(json);
  }

  private void begin() {
    begun = false;
    end = 0;
    put('[');
  }

  private void next(int n, JsonGenerator json) throws IOException {
    if (n > 0) {
      put(',');
    }
    if (end > text.length - LONGEST) {
      flush(json);
    }
  }

  private void end(JsonGenerator json) throws IOException {
    put(']');
    flush(json);
  }

  private void flush(JsonGenerator json) throws IOException {
    if (begun) {
      json.writeRaw(text, 0, end);
    } else {
      json.writeRawValue(text, 0, end); // with what has to stand before a value
    }
    begun = true;
    end = 0;
  }

  private void put(float weight) {
    int bits = Float.floatToRawIntBits(weight);
    int fraction = bits & 0x7fffff;
    if (weight > LEAST && weight < 1 && fraction != 0) {
      print(fraction | 0x800000, 150 - (bits >>> 23));
    } else if (weight == 0 || weight == 1) {
      put((char) ('0' + (int) weight));
    } else {
      put(Float.isFinite(weight) ? NumberOutput.toString(weight, true) : "null");
    }
  }

  private void put(int position) {
    int digits = 1;
    while (digits < 10 && position >= TENS[digits]) {
      digits++;
    }
    putDigits(position, digits);
  }

  private void put(String string) {
    string.getChars(0, string.length(), text, end);
    end += string.length();
  }

  /** Prints {@code m · 2^-e}, {@code 2^23 < m < 2^24}, below 1. */
  private void print(long m, int e) {
    int power = 9; // of ten, with which it has nine digits before the point
    while (m * FIVES[power] >>> (e - power) < NINE_DIGITS) {
      power++;
    }
    int shift = e + 1 - power;
    long middle = 2 * m * FIVES[power];
    // A float whose last bit is 0 is also what its very ends are read as.
    long strictly = m & 1;
    int least = (int) (middle - FIVES[power] + strictly + (1L << shift) - 1 >>> shift);
    int most = (int) (middle + FIVES[power] - strictly >>> shift);
    int dropped = 0;
    while (most / 10 >= (least + 9) / 10) {
      most /= 10;
      least = (least + 9) / 10;
      dropped++;
    }
    print(closest(middle, shift, TENS[dropped]), power - dropped, 9 - dropped);
  }

  /** {@code value · 2^-shift / unit}, to the nearest, from the middle to the even one. */
  private static int closest(long value, int shift, int unit) {
    int whole = (int) (value >>> shift);
    long fraction = value - ((long) whole << shift);
    int digits = whole / unit;
    int toTheMiddle = Integer.compare(2 * (whole - digits * unit), unit);
    if (unit == 1) {
      toTheMiddle = Long.compare(2 * fraction, 1L << shift);
    } else if (toTheMiddle == 0 && fraction > 0) {
      toTheMiddle = 1;
    }
    return toTheMiddle > 0 || toTheMiddle == 0 && (digits & 1) == 1 ? digits + 1 : digits;
  }

  /** Prints {@code digits · 10^-power}. */
  private void print(int digits, int power, int count) {
    int length = digits == TENS[count] ? count + 1 : count;
    int exponent = length - 1 - power; // of the first digit, at most -1
    if (exponent >= -3) {
      put('0');
      put('.');
      for (int n = exponent; n < -1; n++) {
        put('0');
      }
      putDigits(digits, length);
      while (text[end - 1] == '0' && text[end - 2] != '.') {
        end--;
      }
    } else {
      int point = end + 1;
      putDigits(digits, length);
      System.arraycopy(text, point, text, point + 1, length - 1);
      text[point] = '.';
      end++;
      while (text[end - 1] == '0') {
        end--;
      }
      if (text[end - 1] == '.') {
        put('0');
      }
      put('E');
      put('-');
      put((char) ('0' - exponent));
    }
  }

  private void putDigits(int digits, int length) {
    int rest = digits;
    for (int n = end + length - 1; n >= end; n--) {
      int tenth = rest / 10;
      text[n] = (char) ('0' + rest - 10 * tenth);
      rest = tenth;
    }
    end += length;
  }

  private void put(char c) {
    text[end++] = c;
  }
}
