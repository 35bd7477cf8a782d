package io.headstream.attention.cache;

import io.headstream.attention.internal.Checks;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * The keys and values of one sequence, kept for the queries to come: causal attention (section
 * 3.2.3 of "Attention Is All You Need") token by token, or a block of tokens at a time.
 *
 * <p>A query at position {@code p} sees the keys up to {@code p}, and of those, if the cache
 * slides, the {@code keysBefore} before it and the {@code sinks} first ones. Its result is, bit for
 * bit, that of the same row in one causal pass over all tokens with that window.
 *
 * <p>Appends only, in pages of {@value KeyValuePage#POSITIONS} positions, with keys transposed so
 * that one query meets many keys at once. A page that no later query can see is released. Allocates
 * one page for each 64 positions and nothing else. {@code ScaledDotProductAttention} and the layers
 * attend to it. For one thread at a time.
 */
public final class KeyValueCache {
  /**
   * Positions of a tile, two pages. Softmax takes keys in tiles that begin at multiples of this, so
   * that results keep their bits where whole tiles are left out and no others.
   */
  public static final int TILE_POSITIONS = 2 * KeyValuePage.POSITIONS;

  private static final int PAGE = KeyValuePage.POSITIONS;
  private static final int ALL = Integer.MAX_VALUE;

  private final int keyValueHeads;
  private final int headDim;
  private final int valueDim;
  private final int maxLength;
  private final int keysBefore;
  private final int sinks;
  private final PageTable pages;
  private int length;

  private KeyValueCache(
      int keyValueHeads, int headDim, int valueDim, int maxLength, int keysBefore, int sinks) {
    Checks.positive("keyValueHeads", keyValueHeads);
    Checks.positive("headDim", headDim);
    Checks.positive("valueDim", valueDim);
    Checks.notNegative("maxLength", maxLength);
    Checks.notNegative("keysBefore", keysBefore);
    Checks.notNegative("sinks", sinks);
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.valueDim = valueDim;
    this.maxLength = maxLength;
    this.keysBefore = keysBefore;
    this.sinks = sinks;
    this.pages = new PageTable(keysBefore == ALL ? 0 : (int) (((long) sinks + PAGE - 1) / PAGE));
  }

  /**
   * A cache that keeps every position, up to a number of them.
   *
   * @param keyValueHeads key/value heads
   * @param headDim channels of a key
   * @param valueDim channels of a value
   * @param maxLength how many positions it takes, at least 0
   * @return the cache
   * @throws IllegalArgumentException if a number is out of range
   */
  public static KeyValueCache growing(int keyValueHeads, int headDim, int valueDim, int maxLength) {
    return new KeyValueCache(keyValueHeads, headDim, valueDim, maxLength, ALL, 0);
  }

  /**
   * A cache for a sliding window, which keeps what the next query can see: no more than {@code
   * keysBefore} positions and {@code sinks} rounded up to pages, besides the block appended last.
   *
   * @param keyValueHeads key/value heads
   * @param headDim channels of a key
   * @param valueDim channels of a value
   * @param keysBefore how many keys before its own a query sees, at least 0
   * @param sinks how many of the first keys stay visible, at least 0
   * @return the cache
   * @throws IllegalArgumentException if a number is out of range
   */
  public static KeyValueCache sliding(
      int keyValueHeads, int headDim, int valueDim, int keysBefore, int sinks) {
    return new KeyValueCache(
        keyValueHeads, headDim, valueDim, Integer.MAX_VALUE, keysBefore, sinks);
  }

  /** {@return key/value heads} */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** {@return channels of a key} */
  public int headDim() {
    return headDim;
  }

  /** {@return channels of a value} */
  public int valueDim() {
    return valueDim;
  }

  /** {@return how many keys before its own a query sees; {@code Integer.MAX_VALUE} is all} */
  public int keysBefore() {
    return keysBefore;
  }

  /** {@return how many of the first keys every query sees that comes after them} */
  public int sinks() {
    return sinks;
  }

  /** {@return how many positions were appended: the position of the next one} */
  public int length() {
    return length;
  }

  /**
   * Appends keys and values, and releases the pages that no query from the first of them on sees.
   *
   * @param positions how many, at least 0
   * @param k {@code [keyValueHeads, positions, headDim]}, row-major, from {@code kOffset} on;
   *     copied
   * @param kOffset where {@code k} begins, in floats
   * @param v {@code [keyValueHeads, positions, valueDim]} from {@code vOffset} on; copied
   * @param vOffset where {@code v} begins, in floats
   * @throws IllegalArgumentException if a range does not fit its array
   * @throws IllegalStateException if the cache would grow beyond its maximum; it stays as it was
   */
  public void append(int positions, float[] k, int kOffset, float[] v, int vOffset) {
    Checks.range("k", k, kOffset, keyValueHeads, positions, headDim);
    Checks.range("v", v, vOffset, keyValueHeads, positions, valueDim);
    checkRoom(positions);
    int kHead = positions * headDim;
    int vHead = positions * valueDim;
    append(positions, k, kOffset, kHead, headDim, v, vOffset, vHead, valueDim);
  }

  /**
   * The same for keys and values that stand position by position, as a {@code Projection} gives
   * them: head {@code h} of position {@code i} begins at {@code kOffset + i · kStride + h ·
   * headDim}.
   *
   * @param positions how many, at least 0
   * @param k {@code [positions, keyValueHeads, headDim]} from {@code kOffset} on, the positions
   *     {@code kStride} floats apart; copied
   * @param kOffset where {@code k} begins, in floats
   * @param kStride how far one position lies from the next, at least {@code keyValueHeads ·
   *     headDim}
   * @param v {@code [positions, keyValueHeads, valueDim]} from {@code vOffset} on; copied
   * @param vOffset where {@code v} begins, in floats
   * @param vStride how far one position lies from the next, at least {@code keyValueHeads ·
   *     valueDim}
   * @throws IllegalArgumentException if a range does not fit its array or a stride is too small
   * @throws IllegalStateException if the cache would grow beyond its maximum; it stays as it was
   */
  public void appendRows(
      int positions, float[] k, int kOffset, int kStride, float[] v, int vOffset, int vStride) {
    Checks.rows("k", k, kOffset, positions, keyValueHeads * headDim, kStride);
    Checks.rows("v", v, vOffset, positions, keyValueHeads * valueDim, vStride);
    checkRoom(positions);
    append(positions, k, kOffset, headDim, kStride, v, vOffset, valueDim, vStride);
  }

  /** Appends keys and values whose heads and rows lie so many floats apart. */
  private void append(
      int positions,
      float[] k,
      int kOffset,
      int kHead,
      int kRow,
      float[] v,
      int vOffset,
      int vHead,
      int vRow) {
    release();
    for (int i = 0; i < positions; i++) {
      KeyValuePage page = openPage();
      int slot = length % PAGE;
      for (int h = 0; h < keyValueHeads; h++) {
        page.setKey(h, headDim, slot, k, kOffset + h * kHead + i * kRow);
        page.setValue(h, valueDim, slot, v, vOffset + h * vHead + i * vRow);
      }
      page.setLength(slot + 1);
      length++;
    }
  }

  private KeyValuePage openPage() {
    int index = length / PAGE;
    if (length % PAGE == 0) {
      pages.put(index, KeyValuePage.empty(keyValueHeads, headDim, valueDim));
    }
    return pages.get(index);
  }

  /** Lets go of the pages that a query at {@code length} does not see. */
  private void release() {
    if (keysBefore != ALL) {
      pages.release(Math.max(0, length - keysBefore) / PAGE, pageCount());
    }
  }

  /**
   * Checks that more positions fit.
   *
   * @param positions how many
   * @throws IllegalStateException if the cache would grow beyond its maximum
   */
  public void checkRoom(int positions) {
    if (positions > maxLength - length) {
      throw new IllegalStateException(
          "cache has %d of at most %d positions, %d more do not fit"
              .formatted(length, maxLength, positions));
    }
  }

  /** {@return how many pages the positions so far needed; the last one may not be full} */
  public int pageCount() {
    return (int) (((long) length + PAGE - 1) / PAGE);
  }

  /**
   * A page, or null if it was released: the one whose first position is {@code 64 · index}.
   *
   * @param index 0 to {@code pageCount() - 1}
   * @return the page, whose arrays are the cache's own
   * @throws IndexOutOfBoundsException if there is no such page
   */
  public KeyValuePage page(int index) {
    return pages.get(Objects.checkIndex(index, pageCount()));
  }

  /**
   * {@return the first page that is kept for the window; those before it that hold no sinks are
   * not}
   */
  public int firstRecentPage() {
    return pages.firstRecent();
  }

  /** {@return how many pages hold sinks and are never released} */
  public int sinkPages() {
    return pages.sinkPages();
  }

  /**
   * Brings an empty cache to where another one was.
   *
   * @param length positions of the other
   * @param pageOf gives the other's page of an index; asked for those pages alone that a query at
   *     {@code length} or later can see
   * @throws IllegalStateException if this cache is not empty
   * @throws IllegalArgumentException if a page is missing or has another shape or length, or the
   *     length is beyond the maximum
   */
  public void restore(int length, IntFunction<KeyValuePage> pageOf) {
    if (this.length != 0) {
      throw new IllegalStateException("cache has %d positions already".formatted(this.length));
    }
    if (length < 0 || length > maxLength) {
      throw new IllegalArgumentException(
          "cache cannot have %d positions, at most %d".formatted(length, maxLength));
    }
    this.length = length;
    release();
    int count = pageCount();
    for (int index = 0; index < count; index++) {
      if (index == pages.sinkPages()) {
        index = Math.max(index, pages.firstRecent());
      }
      if (index < count) {
        pages.put(index, checked(index, pageOf.apply(index)));
      }
    }
  }

  private KeyValuePage checked(int index, KeyValuePage page) {
    int positions = Math.min(PAGE, length - index * PAGE);
    int keys = keyValueHeads * headDim * PAGE;
    int values = keyValueHeads * valueDim * PAGE;
    if (page == null
        || page.length() != positions
        || page.keys().length != keys
        || page.values().length != values) {
      length = 0;
      pages.clear();
      throw new IllegalArgumentException(
          page == null
              ? "page %d is missing".formatted(index)
              : "page %d has %d positions, %d and %d floats; expected %d, %d and %d"
                  .formatted(
                      index,
                      page.length(),
                      page.keys().length,
                      page.values().length,
                      positions,
                      keys,
                      values));
    }
    return page;
  }
}
