package io.headstream.job.heads;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.KeyValueCache;
import io.headstream.attention.KeyValuePage;

/**
 * The keys that a block of queries sees, taken out of a cache's pages: the sinks, then the recent
 * ones, without those between them that no query of the block sees.
 *
 * <p>What is left out are whole tiles of 128 positions, so that all others begin where they begin
 * in a whole sequence, and the weights have the bits that sequence mode gives them.
 */
final class VisibleKeys {
  private static final int TILE = 128;
  private static final int PAGE = KeyValuePage.POSITIONS;

  private final ContextBounds bounds;
  private final int sinkEnd;
  private final int shift;
  private final int length;

  /**
   * Of consecutive queries.
   *
   * @param position the position of the first query
   * @param queries how many, at least 1
   */
  VisibleKeys(ContextBounds bounds, int position, int queries) {
    this.bounds = bounds;
    int recentTiles = firstRecent(bounds, position) / TILE * TILE;
    long sinkTiles = ((long) bounds.sinks() + TILE - 1) / TILE * TILE;
    sinkEnd = (int) Math.min(sinkTiles, recentTiles);
    shift = recentTiles - sinkEnd;
    length = position + queries - shift;
  }

  /** How many positions are left over; some may hold keys, or nothing, that no query sees. */
  int length() {
    return length;
  }

  /** Where a recent position is among those that are left over. */
  int place(int position) {
    return position - shift;
  }

  /** The position of a recent one at a place. */
  int position(int place) {
    return place + shift;
  }

  /** The position of the first key but for the sinks that a query sees. */
  int firstRecent(int position) {
    return firstRecent(bounds, position);
  }

  /** How many keys a query sees before {@link #firstRecent}. */
  int sinks(int position) {
    return Math.min(bounds.sinks(), firstRecent(position));
  }

  /** Which of the keys a query at a {@link #place} sees. */
  AttentionMask mask() {
    return AttentionMask.window(bounds.keysBefore(), 0, bounds.sinks());
  }

  /**
   * The keys of one key/value head, {@code [length(), headDim]}, row-major.
   *
   * @param cache with all queries' own keys
   * @param head of those in the cache
   */
  float[] gather(KeyValueCache cache, int head, int headDim) {
    float[] keys = new float[length * headDim];
    for (int first = 0; first < length; first += PAGE) {
      int position = first < sinkEnd ? first : first + shift;
      KeyValuePage page = cache.page(position / PAGE);
      if (page != null) { // else it was released, since nobody sees it
        copy(page, head, headDim, keys, first);
      }
    }
    return keys;
  }

  private void copy(KeyValuePage page, int head, int headDim, float[] keys, int first) {
    int positions = Math.min(PAGE, length - first);
    for (int channel = 0; channel < headDim; channel++) {
      int from = (head * headDim + channel) * PAGE;
      for (int slot = 0; slot < positions; slot++) {
        keys[(first + slot) * headDim + channel] = page.keys()[from + slot];
      }
    }
  }

  private static int firstRecent(ContextBounds bounds, int position) {
    return Math.max(0, position - bounds.keysBefore());
  }
}
