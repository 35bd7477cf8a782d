package io.headstream.attention;

import java.util.Arrays;

/** Keys and values of one key/value head of a cache. A tile is two of its pages. */
final class CachedHead implements KeyValueSource {
  private static final int PAGE = KeyValuePage.POSITIONS;

  private final KeyValueCache cache;
  private int head;

  CachedHead(KeyValueCache cache) {
    this.cache = cache;
  }

  void setHead(int head) {
    this.head = head;
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

  @Override
  public void loadKeys(int first, int keys, int headDim, float[][] into) {
    for (int start = 0; start < keys; start += PAGE) {
      KeyValuePage page = cache.page((first + start) / PAGE);
      int count = Math.min(PAGE, keys - start);
      for (int c = 0; c < headDim; c++) {
        if (page == null) {
          Arrays.fill(into[c], start, start + count, 0f);
        } else {
          int from = (head * headDim + c) * PAGE;
          System.arraycopy(page.keys(), from, into[c], start, count);
        }
      }
    }
  }

  @Override
  public void loadValues(int first, int keys, int valueDim, float[][] into) {
    for (int j = 0; j < keys; j++) {
      KeyValuePage page = cache.page((first + j) / PAGE);
      if (page == null) {
        Arrays.fill(into[j], 0, valueDim, 0f);
      } else {
        int from = (head * PAGE + j % PAGE) * valueDim;
        System.arraycopy(page.values(), from, into[j], 0, valueDim);
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
