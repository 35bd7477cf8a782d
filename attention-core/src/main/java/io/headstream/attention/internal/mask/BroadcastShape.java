package io.headstream.attention.internal.mask;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A shape of rank 1 to 4, aligned at the right to {@code [batch, heads, queryLength, keyLength]}: a
 * dimension that is missing or 1 is the same for all.
 */
public final class BroadcastShape {
  private static final String[] NAMES = {"batch", "heads", "queryLength", "keyLength"};

  private final String what;
  private final int rank;
  private final int[] sizes = {1, 1, 1, 1};
  private final int[] strides = new int[4];

  /**
   * Checks an array against its shape.
   *
   * @param what its name in errors
   * @throws IllegalArgumentException if the rank is not 1 to 4, or the array has another length
   */
  public BroadcastShape(String what, int length, int... shape) {
    if (shape.length < 1 || shape.length > 4) {
      throw new IllegalArgumentException(
          "%s has rank %d, must be 1 to 4".formatted(what, shape.length));
    }
    this.what = what;
    this.rank = shape.length;
    System.arraycopy(shape, 0, sizes, 4 - rank, rank);
    long needed = 1;
    for (int d = 3; d >= 0; d--) {
      strides[d] = sizes[d] == 1 ? 0 : (int) needed;
      needed *= sizes[d];
      if (sizes[d] < 0 || needed > Integer.MAX_VALUE) {
        needed = -1;
        break;
      }
    }
    if (needed != length) {
      throw new IllegalArgumentException(
          needed < 0
              ? "%s has the shape [%s], which no array holds".formatted(what, named())
              : "%s has %d entries, [%s] needs %d".formatted(what, length, named(), needed));
    }
  }

  /** Where query 0 and key 0 of a region stand in the array. */
  int start(ScoreRegion r) {
    return r.member * strides[0]
        + r.head * strides[1]
        + r.firstQuery * strides[2]
        + r.firstKey * strides[3];
  }

  int queryStride() {
    return strides[2];
  }

  int keyStride() {
    return strides[3];
  }

  void check(int batch, int heads, int queryLength, int keyLength) {
    if (fits(0, batch) && fits(1, heads) && fits(2, queryLength) && fits(3, keyLength)) {
      return;
    }
    String shape =
        IntStream.range(4 - rank, 4)
            .mapToObj(d -> Integer.toString(sizes[d]))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        rank <= 2
            ? "%s is [%s], queries and keys are [%d, %d]"
                .formatted(what, shape, queryLength, keyLength)
            : "%s is [%s], batch, heads, queries and keys are [%d, %d, %d, %d]"
                .formatted(what, shape, batch, heads, queryLength, keyLength));
  }

  private boolean fits(int dimension, int size) {
    return sizes[dimension] == 1 || sizes[dimension] == size;
  }

  private String named() {
    return IntStream.range(4 - rank, 4)
        .mapToObj(d -> NAMES[d] + " " + sizes[d])
        .collect(Collectors.joining(", "));
  }
}
