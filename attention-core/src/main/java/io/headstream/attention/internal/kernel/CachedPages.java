package io.headstream.attention.internal.kernel;

import io.headstream.attention.internal.mask.SlidingWindow;
import java.util.Arrays;
import java.util.Objects;

/**
 * The keys and values of one sequence, in pages of {@link KeyValueSource#PAGE} positions. Pages
 * that no query to come can see are released. Checks nothing: for one thread at a time.
 */
public final class CachedPages {
  private static final int PAGE = KeyValueSource.PAGE;

  private final int keyValueHeads;
  private final int headDim;
  private final int valueDim;
  private final SlidingWindow window;
  private final int sinkPages;

  private CachedPage[] pages = new CachedPage[4]; // sinks, then those from firstRecent on
  private int firstRecent; // pages between the sinks and this one were released
  private int length;

  /**
   * No positions yet.
   *
   * @param window which keys a query sees
   */
  public CachedPages(int keyValueHeads, int headDim, int valueDim, SlidingWindow window) {
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.valueDim = valueDim;
    this.window = window;
    this.sinkPages =
        window.keysBefore() == SlidingWindow.UNLIMITED
            ? 0
            : (int) (((long) window.sinks() + PAGE - 1) / PAGE);
    this.firstRecent = sinkPages;
  }

  public int keyValueHeads() {
    return keyValueHeads;
  }

  public int headDim() {
    return headDim;
  }

  public int valueDim() {
    return valueDim;
  }

  /** What hides the keys that are no longer there, and those that come after a query. */
  public SlidingWindow window() {
    return window;
  }

  public int length() {
    return length;
  }

  /** How many pages hold sinks and are never released. */
  public int sinkPages() {
    return sinkPages;
  }

  /** The first page that is kept for the window. */
  public int firstRecent() {
    return firstRecent;
  }

  /** How many pages the positions so far needed. */
  public int count() {
    return (int) (((long) length + PAGE - 1) / PAGE);
  }

  /** A page, or null if it was released. */
  public CachedPage page(int index) {
    return keeps(Objects.checkIndex(index, count())) ? pages[place(index)] : null;
  }

  /** Whether a page is still there, or will be. */
  public boolean keeps(int index) {
    return index < sinkPages || index >= firstRecent;
  }

  /** Multiply-adds of some queries of each of some heads, at most. */
  public long products(int heads, int queries) {
    return (long) heads * queries * length * (headDim + valueDim);
  }

  /**
   * Appends keys and values.
   *
   * @param kHead how far the keys of one head lie from those of the next, in floats
   * @param kRow how far one key of a head lies from the next
   * @param vHead how far the values of one head lie from those of the next
   * @param vRow how far one value of a head lies from the next
   */
  public void append(
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
      CachedPage page = openPage();
      int slot = length % PAGE;
      for (int h = 0; h < keyValueHeads; h++) {
        page.setKey(h, headDim, slot, k, kOffset + h * kHead + i * kRow);
        page.setValue(h, valueDim, slot, v, vOffset + h * vHead + i * vRow);
      }
      page.setLength(slot + 1);
      length++;
    }
  }

  /** Takes a length, whose pages that are still kept are to be {@link #put}. */
  public void restore(int length) {
    this.length = length;
    release();
  }

  /** No positions again. */
  public void clear() {
    length = 0;
    firstRecent = sinkPages;
    Arrays.fill(pages, null);
  }

  /** Puts a page that is kept in its place. */
  public void put(int index, CachedPage page) {
    int place = place(index);
    if (place >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(place + 1, 2 * pages.length));
    }
    pages[place] = page;
  }

  private int place(int index) {
    return index < sinkPages ? index : index - firstRecent + sinkPages;
  }

  private CachedPage openPage() {
    int index = length / PAGE;
    if (length % PAGE == 0) {
      put(index, CachedPage.empty(keyValueHeads, headDim, valueDim));
    }
    return pages[place(index)];
  }

  /** Lets go of the pages that a query at {@code length} does not see. */
  private void release() {
    if (window.keysBefore() == SlidingWindow.UNLIMITED) {
      return;
    }
    int keepFrom = Math.max(sinkPages, Math.max(0, length - window.keysBefore()) / PAGE);
    int released = keepFrom - firstRecent;
    if (released <= 0) {
      return;
    }
    int last = Math.min(pages.length, place(count()));
    int moved = Math.max(0, last - sinkPages - released);
    System.arraycopy(
        pages, Math.min(sinkPages + released, last), pages, Math.min(sinkPages, last), moved);
    Arrays.fill(pages, Math.min(sinkPages + moved, last), last, null);
    firstRecent = keepFrom;
  }
}
