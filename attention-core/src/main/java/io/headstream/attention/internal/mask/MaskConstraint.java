package io.headstream.attention.internal.mask;

/** One of the reasons for which a query may not attend to a key. Immutable. */
public interface MaskConstraint {
  /** A quick answer for a whole region; {@code SOME} is never wrong. */
  Coverage coverage(ScoreRegion region);

  /**
   * A key of the region from which on query {@code i} sees none, 0 to {@code region.keys}; not
   * smaller than that of the query before it.
   */
  default int end(ScoreRegion region, int i) {
    return region.keys;
  }

  /** Whether query {@code i} of the region may attend to its key {@code j}. */
  boolean mayAttend(ScoreRegion region, int i, int j);

  /** Makes minus infinity of the scores of hidden keys, whatever they were. */
  default void hide(ScoreRegion region, ScoreBlock scores) {
    for (int i = 0; i < region.queries; i++) {
      for (int j = 0; j < region.keys; j++) {
        if (!mayAttend(region, i, j)) {
          scores.hide(i, j);
        }
      }
    }
  }

  /**
   * Checks that the constraint fits a call.
   *
   * @throws IllegalArgumentException if it does not
   */
  void check(int batch, int heads, int queryLength, int keyLength);
}
