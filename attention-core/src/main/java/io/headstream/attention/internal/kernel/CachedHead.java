package io.headstream.attention.internal.kernel;

import io.headstream.attention.internal.mask.SlidingWindow;
import java.util.Arrays;

/**
 * Keys and values of one key/value head of a pages. A tile is two of its pages. A cursor that can
 * be set again, for one thread at a time.
 */
public final class CachedHead implements KeyValueSource {
  private CachedPages pages;
  private int head;

  public CachedHead set(CachedPages pages, int head) {
    this.pages = pages;
    this.head = head;
    return this;
  }

  /** What hides keys that are no longer there, and those that come after a query. */
  public SlidingWindow window() {
    return pages.window();
  }

  @Override
  public int nextTile(int first) {
    boolean released = first / PAGE >= pages.sinkPages() && !pages.keeps(first / PAGE + 1);
    return released ? pages.firstRecent() * PAGE / TILE * TILE : first;
  }

  /** Whether both pages of the tile are still there. */
  public boolean keeps(int first) {
    return pages.keeps(first / PAGE) && pages.keeps(first / PAGE + 1);
  }

  /** The array in which a page's keys are, {@code [headDim][64]} of each head; null if released. */
  public float[] keys(int position) {
    CachedPage page = pages.page(position / PAGE);
    return page == null ? null : page.keys();
  }

  /** Where this head's keys begin in the array of a page. */
  public int keysAt() {
    return head * pages.headDim() * PAGE;
  }

  /** The array in which a page's values are, {@code [64][valueDim]} of each head; or null. */
  public float[] values(int position) {
    CachedPage page = pages.page(position / PAGE);
    return page == null ? null : page.values();
  }

  /** Where this head's values begin in the array of a page. */
  public int valuesAt() {
    return head * PAGE * pages.valueDim();
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
      CachedPage page = pages.page((first + start) / PAGE);
      if (page != null && !page.valuesFinite()) {
        return false;
      }
    }
    return true;
  }
}
