package io.headstream.attention.internal.mask;

/**
 * Key padding: the keys of member {@code b} from {@code lengths[b]} on are not there.
 *
 * @param lengths one for each member of the batch
 */
public record ValidLengths(int[] lengths) implements MaskConstraint {
  @Override
  public Coverage coverage(ScoreRegion region) {
    int length = lengths[region.member];
    if (region.firstKey >= length) {
      return Coverage.NONE;
    }
    return region.firstKey + region.keys <= length ? Coverage.ALL : Coverage.SOME;
  }

  @Override
  public boolean mayAttend(ScoreRegion region, int i, int j) {
    return region.firstKey + j < lengths[region.member];
  }

  @Override
  public void check(int batch, int heads, int queryLength, int keyLength) {
    if (lengths.length != batch) {
      throw new IllegalArgumentException(
          "mask has %d valid lengths, batch is %d".formatted(lengths.length, batch));
    }
    for (int b = 0; b < batch; b++) {
      if (lengths[b] > keyLength) {
        throw new IllegalArgumentException(
            "valid length of member %d is %d, keyLength is %d".formatted(b, lengths[b], keyLength));
      }
    }
  }
}
