package io.headstream.attention.cache;

import io.headstream.attention.internal.kernel.CachedPage;
import io.headstream.attention.internal.kernel.KeyValueSource;

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
  public static final int POSITIONS = KeyValueSource.PAGE;

  private final CachedPage page;

  KeyValuePage(CachedPage page) {
    this.page = page;
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
    return new KeyValuePage(new CachedPage(keys, values, length, valuesFinite));
  }

  /** {@return keys, {@code [keyValueHeads, headDim, 64]}; not a copy} */
  public float[] keys() {
    return page.keys();
  }

  /** {@return values, {@code [keyValueHeads, 64, valueDim]}; not a copy} */
  public float[] values() {
    return page.values();
  }

  /** {@return how many positions are there} */
  public int length() {
    return page.length();
  }

  /** {@return whether all values are finite, so that a weight of 0 makes nothing of any of them} */
  public boolean valuesFinite() {
    return page.valuesFinite();
  }

  CachedPage page() {
    return page;
  }
}
