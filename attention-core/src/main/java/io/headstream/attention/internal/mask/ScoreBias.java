package io.headstream.attention.internal.mask;

/**
 * A number added to each score. Minus infinity hides the key: it then changes nothing, whatever its
 * score or value was.
 *
 * @param bias the array, shared with the caller
 * @param shape its shape
 */
public record ScoreBias(float[] bias, BroadcastShape shape) implements MaskConstraint {
  public void add(ScoreRegion region, ScoreBlock scores) {
    int start = shape.start(region);
    float[] data = scores.data();
    for (int i = 0; i < region.queries; i++) {
      int row = start + i * shape.queryStride();
      for (int j = 0; j < region.keys; j++) {
        data[scores.at(i, j)] += bias[row + j * shape.keyStride()];
      }
    }
  }

  @Override
  public Coverage coverage(ScoreRegion region) {
    int start = shape.start(region);
    boolean first = bias[start] != Float.NEGATIVE_INFINITY;
    for (int i = 0; i < region.queries; i++) {
      int row = start + i * shape.queryStride();
      for (int j = 0; j < region.keys; j++) {
        boolean visible = bias[row + j * shape.keyStride()] != Float.NEGATIVE_INFINITY;
        if (visible != first) {
          return Coverage.SOME;
        }
      }
    }
    return first ? Coverage.ALL : Coverage.NONE;
  }

  @Override
  public boolean mayAttend(ScoreRegion region, int i, int j) {
    int at = shape.start(region) + i * shape.queryStride() + j * shape.keyStride();
    return bias[at] != Float.NEGATIVE_INFINITY;
  }

  @Override
  public void check(int batch, int heads, int queryLength, int keyLength) {
    shape.check(batch, heads, queryLength, keyLength);
  }
}
