package io.headstream.job.observe;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import io.headstream.job.cache.ContextBounds;

/**
 * The keys that a block of queries sees, out of a cache's pages: the sinks, then the recent ones,
 * without those between them that no query of the block sees.
 *
 * <p>What is left out are whole {@linkplain KeyValueCache#TILE_POSITIONS tiles}, so that all others
 * begin where they begin in a whole sequence, and the weights have the bits that sequence mode
 * gives them.
 */
final class VisibleKeys {
  private static final int TILE = KeyValueCache.TILE_POSITIONS;
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
   * What is left over, as a cache of the same pages, in which a query stands at its {@link #place}.
   *
   * @param cache with all queries' own keys
   */
  KeyValueCache cache(KeyValueCache cache, int keyValueHeads, int headDim) {
    KeyValueCache left = KeyValueCache.growing(keyValueHeads, headDim, headDim, length);
    left.restore(
        length,
        index -> {
          int first = index * PAGE;
          KeyValuePage page = cache.page((first < sinkEnd ? first : first + shift) / PAGE);
          return page != null ? page : unseen(keyValueHeads * headDim * PAGE);
        });
    return left;
  }

  /** In place of a page that was released, since nobody sees it. */
  private static KeyValuePage unseen(int floats) {
    return KeyValuePage.of(new float[floats], new float[floats], PAGE, true);
  }

  private static int firstRecent(ContextBounds bounds, int position) {
    return Math.max(0, position - bounds.keysBefore());
  }
}
