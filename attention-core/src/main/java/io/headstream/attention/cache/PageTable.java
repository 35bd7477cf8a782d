package io.headstream.attention.cache;

import java.util.Arrays;

/**
 * Which pages of a sequence are there: those that hold sinks, and those from some page on. Checks
 * nothing.
 */
final class PageTable {
  private final int sinkPages;

  private KeyValuePage[] pages = new KeyValuePage[4]; // sinks, then those from firstRecent on
  private int firstRecent; // pages between the sinks and this one were released

  PageTable(int sinkPages) {
    this.sinkPages = sinkPages;
    this.firstRecent = sinkPages;
  }

  /** How many pages hold sinks and are never released. */
  int sinkPages() {
    return sinkPages;
  }

  /** The first page that is kept for the window. */
  int firstRecent() {
    return firstRecent;
  }

  /** A page, or null if it was released. */
  KeyValuePage get(int index) {
    return index < sinkPages || index >= firstRecent ? pages[place(index)] : null;
  }

  /** Puts a page that is kept in its place. */
  void put(int index, KeyValuePage page) {
    int place = place(index);
    if (place >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(place + 1, 2 * pages.length));
    }
    pages[place] = page;
  }

  /** No pages again. */
  void clear() {
    firstRecent = sinkPages;
    Arrays.fill(pages, null);
  }

  /**
   * Lets go of the pages before another one, but for the sinks.
   *
   * @param count how many pages there are
   */
  void release(int before, int count) {
    int keepFrom = Math.max(sinkPages, before);
    int released = keepFrom - firstRecent;
    if (released <= 0) {
      return;
    }
    int last = Math.min(pages.length, place(count));
    int moved = Math.max(0, last - sinkPages - released);
    System.arraycopy(
        pages, Math.min(sinkPages + released, last), pages, Math.min(sinkPages, last), moved);
    Arrays.fill(pages, Math.min(sinkPages + moved, last), last, null);
    firstRecent = keepFrom;
  }

  private int place(int index) {
    return index < sinkPages ? index : index - firstRecent + sinkPages;
  }
}
