package io.headstream.attention;

/**
 * The scores of a block of queries against a tile of keys, which become weights in place.
 *
 * <p>The kernel chooses which index is contiguous: rows of keys for a scalar one, rows of queries
 * where the lanes of a vector are queries.
 *
 * @param data the scores
 * @param queryStride how far two queries lie apart
 * @param keyStride how far two keys lie apart
 */
record ScoreBlock(float[] data, int queryStride, int keyStride) {
  int at(int i, int j) {
    return i * queryStride + j * keyStride;
  }

  /** Makes a score what a hidden key has. */
  void hide(int i, int j) {
    data[at(i, j)] = Float.NEGATIVE_INFINITY;
  }
}
