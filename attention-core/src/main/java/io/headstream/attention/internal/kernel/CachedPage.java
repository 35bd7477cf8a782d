package io.headstream.attention.internal.kernel;

import io.headstream.attention.internal.Checks;

/** Keys and values of {@link KeyValueSource#PAGE} positions, for all key/value heads of a cache. */
public final class CachedPage {
  private static final int POSITIONS = KeyValueSource.PAGE;

  private final float[] keys;
  private final float[] values;
  private int length;
  private boolean valuesFinite;

  /**
   * A page of these arrays.
   *
   * @param keys {@code [keyValueHeads, headDim, 64]}
   * @param values {@code [keyValueHeads, 64, valueDim]}
   * @param length how many positions are there; those from it on are zeros
   * @param valuesFinite whether all values are finite; false is never wrong
   */
  public CachedPage(float[] keys, float[] values, int length, boolean valuesFinite) {
    this.keys = keys;
    this.values = values;
    this.length = length;
    this.valuesFinite = valuesFinite;
  }

  static CachedPage empty(int keyValueHeads, int headDim, int valueDim) {
    return new CachedPage(
        new float[Checks.size("keys", keyValueHeads, headDim, POSITIONS)],
        new float[Checks.size("values", keyValueHeads, POSITIONS, valueDim)],
        0,
        true);
  }

  public float[] keys() {
    return keys;
  }

  public float[] values() {
    return values;
  }

  public int length() {
    return length;
  }

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
