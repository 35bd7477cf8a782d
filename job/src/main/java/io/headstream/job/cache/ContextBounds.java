package io.headstream.job.cache;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import java.io.Serializable;

/**
 * How much of a sequence's past is kept in token mode.
 *
 * @param keysBefore how many keys before its own position a query sees, at least 0
 * @param sinks how many of the first keys stay visible beside them, at least 0
 */
public record ContextBounds(int keysBefore, int sinks) implements Serializable {

  /** An empty cache of these bounds. */
  public KeyValueCache newCache(int keyValueHeads, int headDim) {
    return KeyValueCache.sliding(keyValueHeads, headDim, headDim, keysBefore, sinks);
  }

  /** How many pages hold sinks, and so are kept for as long as the sequence lasts. */
  public int sinkPages() {
    return (int) (((long) sinks + KeyValuePage.POSITIONS - 1) / KeyValuePage.POSITIONS);
  }

  /** The first page behind the sinks of which a query at a position or a later one sees a key. */
  public int firstRecentPage(int position) {
    return Math.max(sinkPages(), Math.max(0, position - keysBefore) / KeyValuePage.POSITIONS);
  }

  /** Whether a query at a position or a later one sees a key of a page. */
  public boolean keeps(int page, int position) {
    return page < sinkPages() || page >= firstRecentPage(position);
  }

  /**
   * How many positions lie in the state of a sequence of a length: those of whole pages, and rows.
   */
  public long storedPositions(int length) {
    int full = length / KeyValuePage.POSITIONS;
    int sinkPages = Math.min(full, sinkPages());
    int recent = Math.max(0, full - firstRecentPage(length));
    return (long) KeyValuePage.POSITIONS * (sinkPages + recent) + length % KeyValuePage.POSITIONS;
  }
}
