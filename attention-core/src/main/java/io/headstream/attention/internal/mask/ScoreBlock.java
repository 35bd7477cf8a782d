package io.headstream.attention.internal.mask;

/**
 * The scores of a block of queries against a tile of keys, which become weights in place.
 *
 * <p>The kernel chooses which index is contiguous: rows of keys for a scalar one, vectors of
 * queries where the lanes of a vector are queries.
 */
public final class ScoreBlock {
  private final float[] data;
  private final int groupShift;
  private final int groupMask;
  private final int groupStride;
  private final int queryStride;
  private final int keyStride;

  private ScoreBlock(
      float[] data, int groupShift, int groupStride, int queryStride, int keyStride) {
    this.data = data;
    this.groupShift = groupShift;
    this.groupMask = (1 << groupShift) - 1;
    this.groupStride = groupStride;
    this.queryStride = queryStride;
    this.keyStride = keyStride;
  }

  /** {@code [queries][stride]}: the keys of a query stand together. */
  public static ScoreBlock ofRows(float[] data, int stride) {
    return new ScoreBlock(data, Integer.SIZE - 2, 0, stride, 1);
  }

  /**
   * {@code [groups][keys][lanes]}: some queries stand together.
   *
   * @param lanes queries of a group, a power of two
   * @param groupStride how far two groups lie apart
   */
  public static ScoreBlock ofVectors(float[] data, int lanes, int groupStride) {
    return new ScoreBlock(data, Integer.numberOfTrailingZeros(lanes), groupStride, 1, lanes);
  }

  public float[] data() {
    return data;
  }

  public int at(int i, int j) {
    return (i >> groupShift) * groupStride + (i & groupMask) * queryStride + j * keyStride;
  }

  /** Makes a score what a hidden key has. */
  public void hide(int i, int j) {
    data[at(i, j)] = Float.NEGATIVE_INFINITY;
  }
}
