package io.headstream.attention;

import java.util.Arrays;

/**
 * Who may attend to whom: the {@code mask} of equation 1 in "Attention Is All You Need" (section
 * 3.2.1), whose hidden positions have a score of minus infinity before the softmax.
 *
 * <p>Immutable and safe for any number of threads; a matrix is shared with the caller, who must not
 * change it while it is in use.
 */
public final class AttentionMask {
  private static final int NOT_CAUSAL = Integer.MAX_VALUE;
  private static final AttentionMask NONE = new AttentionMask(NOT_CAUSAL, new Matrix[0]);

  private final int causalOffset;
  private final Matrix[] matrices;

  private AttentionMask(int causalOffset, Matrix[] matrices) {
    this.causalOffset = causalOffset;
    this.matrices = matrices;
  }

  /** Every query may attend to every key. */
  public static AttentionMask none() {
    return NONE;
  }

  /** Query {@code i} may attend to keys {@code j <= i}: itself and what came before. */
  public static AttentionMask causal() {
    return causal(0);
  }

  /**
   * Query {@code i} may attend to keys {@code j <= i + offset}.
   *
   * @param offset how many keys stand before the first query; may be negative
   */
  public static AttentionMask causal(int offset) {
    return new AttentionMask(offset, NONE.matrices);
  }

  /**
   * Query {@code i} may attend to key {@code j} where {@code mayAttend[i * keyLength + j]} is true.
   * The same for every member of a batch and every head.
   *
   * @param mayAttend {@code [queryLength, keyLength]}, row-major; not copied
   * @throws IllegalArgumentException if the array has another length
   */
  public static AttentionMask matrix(boolean[] mayAttend, int queryLength, int keyLength) {
    if (mayAttend.length != (long) queryLength * keyLength) {
      throw new IllegalArgumentException(
          "mask has %d entries, [queryLength %d, keyLength %d] needs %d"
              .formatted(mayAttend.length, queryLength, keyLength, (long) queryLength * keyLength));
    }
    return new AttentionMask(
        NOT_CAUSAL, new Matrix[] {new Matrix(mayAttend, queryLength, keyLength)});
  }

  /** Both masks at once: a query may attend only to what both let it see. */
  public AttentionMask and(AttentionMask other) {
    Matrix[] both = Arrays.copyOf(matrices, matrices.length + other.matrices.length);
    System.arraycopy(other.matrices, 0, both, matrices.length, other.matrices.length);
    return new AttentionMask(Math.min(causalOffset, other.causalOffset), both);
  }

  /** Whether query {@code i} may attend to key {@code j}. */
  public boolean mayAttend(int i, int j) {
    if (j >= visibleEnd(i, Integer.MAX_VALUE)) {
      return false;
    }
    for (Matrix matrix : matrices) {
      if (!matrix.mayAttend[i * matrix.keyLength + j]) {
        return false;
      }
    }
    return true;
  }

  /** The first key, at most {@code keyLength}, from which on query {@code i} sees nothing. */
  int visibleEnd(int i, int keyLength) {
    return causalOffset == NOT_CAUSAL
        ? keyLength
        : (int) Math.max(0, Math.min(keyLength, (long) i + causalOffset + 1));
  }

  /** The first query that sees a key at {@code j} or later. Later queries do too. */
  int firstQuerySeeing(int j) {
    return causalOffset == NOT_CAUSAL
        ? 0
        : (int) Math.max(0, Math.min(Integer.MAX_VALUE, (long) j - causalOffset));
  }

  /** Whether keys below {@link #visibleEnd} may be hidden too. */
  boolean hasHoles() {
    return matrices.length > 0;
  }

  void check(int queryLength, int keyLength) {
    for (Matrix matrix : matrices) {
      if (matrix.queryLength != queryLength || matrix.keyLength != keyLength) {
        throw new IllegalArgumentException(
            "mask is [%d, %d], queries and keys are [%d, %d]"
                .formatted(matrix.queryLength, matrix.keyLength, queryLength, keyLength));
      }
    }
  }

  private record Matrix(boolean[] mayAttend, int queryLength, int keyLength) {}
}
