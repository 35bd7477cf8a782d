package io.headstream.attention.internal.mask;

/**
 * A window of keys that slides along with the query, and the first keys beside it. Causality is the
 * window with nothing after the query.
 *
 * @param keysBefore how many keys before its own position a query sees, or {@code UNLIMITED}
 * @param keysAfter how many after it, or {@code UNLIMITED}
 * @param sinks how many of the first keys are seen from outside the window too; with {@code
 *     keysAfter} 0 only by queries that do not come before them
 * @param offset the key position at which query 0 stands
 * @param bottomRight whether the offset counts from where the last query stands at the last key
 */
public record SlidingWindow(
    int keysBefore, int keysAfter, int sinks, int offset, boolean bottomRight)
    implements MaskConstraint {
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Beyond every position, and far from overflow. */
  private static final long FAR = 1L << 62;

  /** The window of a query that stands where it says: itself, some keys before it and the sinks. */
  public static SlidingWindow causal(int keysBefore, int sinks) {
    return new SlidingWindow(keysBefore, 0, sinks, 0, false);
  }

  public SlidingWindow movedTo(int newOffset, boolean toBottomRight) {
    return new SlidingWindow(keysBefore, keysAfter, sinks, newOffset, toBottomRight);
  }

  @Override
  public Coverage coverage(ScoreRegion region) {
    long first = position(region, 0);
    long last = position(region, region.queries - 1);
    long key = region.keyPosition;
    long end = key + region.keys;
    if (key >= sinkEnd(last) && (end <= start(first) || key >= end(last))) {
      return Coverage.NONE;
    }
    boolean all = end <= sinkEnd(first) || key >= start(last) && end <= end(first);
    return all ? Coverage.ALL : Coverage.SOME;
  }

  @Override
  public boolean mayAttend(ScoreRegion region, int i, int j) {
    long position = position(region, i);
    long key = (long) region.keyPosition + j;
    return key >= start(position) && key < end(position) || key < sinkEnd(position);
  }

  @Override
  public int end(ScoreRegion region, int i) {
    long position = position(region, i);
    long end = Math.max(end(position), sinkEnd(position)) - region.keyPosition;
    return (int) Math.max(0, Math.min(region.keys, end));
  }

  @Override
  public void hide(ScoreRegion region, ScoreBlock scores) {
    for (int i = 0; i < region.queries; i++) {
      long position = position(region, i);
      int keys = region.end(i);
      int sinkEnd = inside(sinkEnd(position) - region.keyPosition, keys);
      int start = inside(start(position) - region.keyPosition, keys);
      int end = inside(end(position) - region.keyPosition, keys);
      for (int j = sinkEnd; j < start; j++) {
        scores.hide(i, j);
      }
      for (int j = Math.max(end, sinkEnd); j < keys; j++) {
        scores.hide(i, j);
      }
    }
  }

  private static int inside(long key, int keys) {
    return (int) Math.max(0, Math.min(keys, key));
  }

  @Override
  public void check(int batch, int heads, int queryLength, int keyLength) {
    // Fits every shape.
  }

  private long position(ScoreRegion region, int i) {
    long aligned = bottomRight ? (long) region.documentKeys - region.documentQueries : 0;
    return aligned + offset + region.queryPosition + i;
  }

  private long start(long position) {
    return keysBefore == UNLIMITED ? -FAR : position - keysBefore;
  }

  private long end(long position) {
    return keysAfter == UNLIMITED ? FAR : position + keysAfter + 1;
  }

  private long sinkEnd(long position) {
    return keysAfter == 0 ? Math.min(sinks, position + 1) : sinks;
  }
}
