package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;

/**
 * Rotary positions (Su et al. 2021): pairs of a head's channels are turned by an angle that grows
 * with the position, {@code position · theta^(-2k/headDim)} for pair k.
 *
 * <p>Frequencies and angles are rounded to float as in the models' own code, cosine and sine of
 * them are correct to half a unit in the last place of a float and a little. They are made when a
 * position is first asked for, {@code 4 · headDim} bytes a position. Safe for any number of
 * threads.
 */
public final class RotaryEmbedding {
  /** Which channels turn together. */
  public enum Pairing {
    /** k and k + headDim/2: Hugging Face's layout of Llama, Mistral and Qwen. */
    HALVES,
    /** 2k and 2k + 1: the paper's, and that of Meta's own files and llama2.c. */
    NEIGHBOURS
  }

  private final int headDim;
  private final Pairing pairing;
  private final int maxPositions;
  private final RotaryTable table;

  /**
   * The turns of a model.
   *
   * @param headDim channels of a head, even
   * @param theta base of the frequencies, such as 10,000
   * @param maxPositions positions there are, from 0 on
   * @throws IllegalArgumentException if headDim is odd or not positive, maxPositions is not
   *     positive, or theta is not a positive finite number
   */
  public RotaryEmbedding(
      int headDim, Pairing pairing, float theta, RotaryScaling scaling, int maxPositions) {
    Checks.positive("headDim", headDim);
    Checks.divides("2", 2, "headDim", headDim);
    Checks.positive("maxPositions", maxPositions);
    if (!(theta > 0 && theta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("theta is " + theta + ", must be positive and finite");
    }
    this.headDim = headDim;
    this.pairing = pairing;
    this.maxPositions = maxPositions;
    this.table = new RotaryTable(headDim, theta, scaling, maxPositions);
  }

  /**
   * Turns rows of positions that follow each other, in place.
   *
   * @param heads heads of a row, one behind the other
   * @param firstPosition position of the first row
   * @param x {@code rows} of {@code heads · headDim} floats, {@code stride} apart, from {@code
   *     offset} on
   * @throws IllegalArgumentException if the array is too short, the stride less than a row, or a
   *     position outside of those there are
   */
  public void rotate(int rows, int heads, int firstPosition, float[] x, int offset, int stride) {
    Checks.rows("x", x, offset, rows, Checks.size("a row", heads, headDim), stride);
    for (int row = 0; row < rows; row++) {
      rotateRow(heads, firstPosition + row, x, offset + row * stride);
    }
  }

  /**
   * Turns rows of any positions, in place.
   *
   * @param heads heads of a row, one behind the other
   * @param positions position of each row; of {@code rows} of them, from the array's beginning on
   * @param x {@code rows} of {@code heads · headDim} floats, {@code stride} apart, from {@code
   *     offset} on
   * @throws IllegalArgumentException if an array is too short, the stride less than a row, or a
   *     position outside of those there are
   */
  public void rotate(int rows, int heads, int[] positions, float[] x, int offset, int stride) {
    Checks.rows("x", x, offset, rows, Checks.size("a row", heads, headDim), stride);
    if (positions.length < rows) {
      throw new IllegalArgumentException(
          "positions has %d numbers, there are %d rows".formatted(positions.length, rows));
    }
    for (int row = 0; row < rows; row++) {
      rotateRow(heads, positions[row], x, offset + row * stride);
    }
  }

  private void rotateRow(int heads, int position, float[] x, int offset) {
    if (position < 0 || position >= maxPositions) {
      throw new IllegalArgumentException(
          "position is %d, there are %d from 0 on".formatted(position, maxPositions));
    }
    float[] turns = table.turns(position);
    int turn = table.offset(position);
    int half = headDim / 2;
    if (pairing == Pairing.HALVES) {
      RowBackends.chosen().rotateHalves(heads, half, turns, turn, x, offset);
    } else {
      for (int h = 0; h < heads; h++) {
        rotateNeighbours(turns, turn, half, x, offset + h * headDim);
      }
    }
  }

  private static void rotateNeighbours(float[] turns, int turn, int half, float[] x, int offset) {
    for (int k = 0; k < half; k++) {
      float cos = turns[turn + k];
      float sin = turns[turn + half + k];
      float even = x[offset + 2 * k];
      float odd = x[offset + 2 * k + 1];
      x[offset + 2 * k] = Math.fma(0f - odd, sin, even * cos);
      x[offset + 2 * k + 1] = Math.fma(even, sin, odd * cos);
    }
  }
}
