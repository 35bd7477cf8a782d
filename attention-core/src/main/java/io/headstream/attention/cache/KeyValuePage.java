package io.headstream.attention.cache;

import io.headstream.attention.internal.Checks;

/**
 * Keys and values of {@value #POSITIONS} positions of a {@link KeyValueCache}, for all of its
 * key/value heads.
 *
 * <p>Its two arrays are what is to be kept where a cache outlives a process: they are neither
 * copied when they come in nor when they go out. Positions from {@link #length} on are zeros. Not
 * for several threads at a time.
 */
public final class KeyValuePage {
  /** Positions of a page. */
  public static final int POSITIONS = 64;

  private final float[] keys;
  private final float[] values;
  private int length;
  private boolean valuesFinite;

  private KeyValuePage(float[] keys, float[] values, int length, boolean valuesFinite) {
    this.keys = keys;
    this.values = values;
    this.length = length;
    this.valuesFinite = valuesFinite;
  }

  /** A page without positions, to be filled. */
  static KeyValuePage empty(int keyValueHeads, int headDim, int valueDim) {
    return new KeyValuePage(
        new float[Checks.size("keys", keyValueHeads, headDim, POSITIONS)],
        new float[Checks.size("values", keyValueHeads, POSITIONS, valueDim)],
        0,
        true);
  }

  /**
   * A page of arrays that were another page's.
   *
   * @param keys {@code [keyValueHeads, headDim, 64]}, row-major, so that the positions of a channel
   *     stand together; not copied
   * @param values {@code [keyValueHeads, 64, valueDim]}; not copied
   * @param length how many positions are there, 0 to 64
   * @param valuesFinite what {@link #valuesFinite} said; false is never wrong
   * @return the page
   * @throws IllegalArgumentException if the length is out of range
   */
  public static KeyValuePage of(float[] keys, float[] values, int length, boolean valuesFinite) {
    if (length < 0 || length > POSITIONS) {
      throw new IllegalArgumentException(
          "page has %d positions, must be 0 to %d".formatted(length, POSITIONS));
    }
    return new KeyValuePage(keys, values, length, valuesFinite);
  }

  /** {@return keys, {@code [keyValueHeads, headDim, 64]}; not a copy} */
  public float[] keys() {
    return keys;
  }

  /** {@return values, {@code [keyValueHeads, 64, valueDim]}; not a copy} */
  public float[] values() {
    return values;
  }

  /** {@return how many positions are there} */
  public int length() {
    return length;
  }

  /** {@return whether all values are finite, so that a weight of 0 makes nothing of any of them} */
  public boolean valuesFinite() {
    return valuesFinite;
  }

  void setKey(int head, int headDim, int slot, float[] k, int kOffset) {
    int to = head * headDim * POSITIONS + slot;
    for (int c = 0; c < headDim; c++) {
      keys[to + c * POSITIONS] = k[kOffset + c];
    }
  }

  void setValue(int head, int valueDim, int slot, float[] v, int vOffset) {
    int to = (head * POSITIONS + slot) * valueDim;
    for (int c = 0; c < valueDim; c++) {
      values[to + c] = v[vOffset + c];
      valuesFinite &= Float.isFinite(v[vOffset + c]);
    }
  }

  void setLength(int length) {
    this.length = length;
  }
}
