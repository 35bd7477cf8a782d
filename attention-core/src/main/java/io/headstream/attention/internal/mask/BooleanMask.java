package io.headstream.attention.internal.mask;

/**
 * A key may be attended to where the array says so.
 *
 * @param mayAttend the array, shared with the caller
 * @param shape its shape
 */
public record BooleanMask(boolean[] mayAttend, BroadcastShape shape) implements MaskConstraint {
  @Override
  public Coverage coverage(ScoreRegion region) {
    int start = shape.start(region);
    boolean first = mayAttend[start];
    for (int i = 0; i < region.queries; i++) {
      int row = start + i * shape.queryStride();
      for (int j = 0; j < region.keys; j++) {
        if (mayAttend[row + j * shape.keyStride()] != first) {
          return Coverage.SOME;
        }
      }
    }
    return first ? Coverage.ALL : Coverage.NONE;
  }

  @Override
  public boolean mayAttend(ScoreRegion region, int i, int j) {
    return mayAttend[shape.start(region) + i * shape.queryStride() + j * shape.keyStride()];
  }

  @Override
  public void hide(ScoreRegion region, ScoreBlock scores) {
    int start = shape.start(region);
    for (int i = 0; i < region.queries; i++) {
      int row = start + i * shape.queryStride();
      for (int j = 0; j < region.keys; j++) {
        if (!mayAttend[row + j * shape.keyStride()]) {
          scores.hide(i, j);
        }
      }
    }
  }

  @Override
  public void check(int batch, int heads, int queryLength, int keyLength) {
    shape.check(batch, heads, queryLength, keyLength);
  }
}
