package io.headstream.attention;

import java.util.Arrays;

/**
 * Keys and values of one key/value head of a cache. A tile is two of its pages. A cursor that can
 * be set again, for one thread at a time.
 */
final class CachedHead implements KeyValueSource {
  private static final int PAGE = KeyValuePage.POSITIONS;

  private KeyValueCache cache;
  private int head;

  CachedHead set(KeyValueCache cache, int head) {
    this.cache = cache;
    this.head = head;
    return this;
  }

  @Override
  public Band band() {
    return cache.band();
  }

  @Override
  public int nextTile(int first) {
    boolean released = first / PAGE >= cache.sinkPages() && !cache.keeps(first / PAGE + 1);
    return released ? cache.firstRecentPage() * PAGE / TILE * TILE : first;
  }

  /** Whether both pages of the tile are still there. */
  boolean keeps(int first) {
    return cache.keeps(first / PAGE) && cache.keeps(first / PAGE + 1);
  }

  /** The array in which a page's keys are, {@code [headDim][64]} of each head; null if released. */
  float[] keys(int position) {
    KeyValuePage page = cache.page(position / PAGE);
    return page == null ? null : page.keys();
  }

  /** Where this head's keys begin in the array of a page. */
  int keysAt() {
    return head * cache.headDim() * PAGE;
  }

  /** The array in which a page's values are, {@code [64][valueDim]} of each head; or null. */
  float[] values(int position) {
    KeyValuePage page = cache.page(position / PAGE);
    return page == null ? null : page.values();
  }

  /** Where this head's values begin in the array of a page. */
  int valuesAt() {
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
