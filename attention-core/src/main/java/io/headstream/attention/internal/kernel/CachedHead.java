package io.headstream.attention.internal.kernel;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import io.headstream.attention.internal.mask.SlidingWindow;
import java.util.Arrays;

/**
 * Keys and values of one key/value head of a cache. A tile is two of its pages. A cursor that can
 * be set again, for one thread at a time.
 */
public final class CachedHead implements KeyValueSource {
  private KeyValueCache cache;
  private int head;
  private SlidingWindow window = SlidingWindow.causal(SlidingWindow.UNLIMITED, 0);

  public CachedHead set(KeyValueCache cache, int head) {
    this.cache = cache;
    this.head = head;
    if (window.keysBefore() != cache.keysBefore() || window.sinks() != cache.sinks()) {
      window = SlidingWindow.causal(cache.keysBefore(), cache.sinks());
    }
    return this;
  }

  /** What hides keys that are no longer there, and those that come after a query. */
  public SlidingWindow window() {
    return window;
  }

  @Override
  public int nextTile(int first) {
    boolean released = first / PAGE >= cache.sinkPages() && !keepsPage(first / PAGE + 1);
    return released ? cache.firstRecentPage() * PAGE / TILE * TILE : first;
  }

  /** Whether both pages of the tile are still there. */
  public boolean keeps(int first) {
    return keepsPage(first / PAGE) && keepsPage(first / PAGE + 1);
  }

  private boolean keepsPage(int index) {
    return index < cache.sinkPages() || index >= cache.firstRecentPage();
  }

  /** The array in which a page's keys are, {@code [headDim][64]} of each head; null if released. */
  public float[] keys(int position) {
    KeyValuePage page = cache.page(position / PAGE);
    return page == null ? null : page.keys();
  }

  /** Where this head's keys begin in the array of a page. */
  public int keysAt() {
    return head * cache.headDim() * PAGE;
  }

  /** The array in which a page's values are, {@code [64][valueDim]} of each head; or null. */
  public float[] values(int position) {
    KeyValuePage page = cache.page(position / PAGE);
    return page == null ? null : page.values();
  }

  /** Where this head's values begin in the array of a page. */
  public int valuesAt() {
    return head * PAGE * cache.valueDim();
  }

  @Override
  public void loadKeys(int first, int keys, int headDim, float[][] into) {
    for (int start = 0; start < keys; start += PAGE) {
      float[] page = keys(first + start);
      int count = Math.min(PAGE, keys - start);
      for (int c = 0; c < headDim; c++) {
        if (page == null) {
          Arrays.fill(into[c], start, start + count, 0f);
        } else {
          System.arraycopy(page, keysAt() + c * PAGE, into[c], start, count);
        }
      }
    }
  }

  @Override
  public void loadValues(int first, int keys, int valueDim, float[][] into) {
    for (int j = 0; j < keys; j++) {
      float[] page = values(first + j);
      if (page == null) {
        Arrays.fill(into[j], 0, valueDim, 0f);
      } else {
        int from = valuesAt() + (first + j) % PAGE * valueDim;
        System.arraycopy(page, from, into[j], 0, valueDim);
      }
    }
  }

  @Override
  public boolean valuesFinite(int first, int keys, int valueDim) {
    for (int start = 0; start < keys; start += PAGE) {
      KeyValuePage page = cache.page((first + start) / PAGE);
      if (page != null && !page.valuesFinite()) {
        return false;
      }
    }
    return true;
  }
}
