package io.headstream.attention;

import java.util.Arrays;

/**
 * Which part of the scores is at hand: some queries of one member and head against one tile of
 * keys.
 *
 * <p>Indices count in the caller's arrays; positions count in the document that query and key
 * belong to, which is the whole sequence unless several are packed into one. Mutable, so that a
 * call with a workspace allocates nothing.
 */
final class ScoreRegion {
  /** Queries that share an end of their keys. */
  static final int GROUP = 16;

  private final int[] ends = new int[TileKernel.BLOCK / GROUP];

  int member;
  int head;
  int firstQuery;
  int queries;
  int firstKey;
  int keys;

  /** Position of the first query: tells where causality and windows put it. */
  int queryPosition;

  /** Position of the first key; tiles begin at multiples of 128 of it. */
  int keyPosition;

  /** Queries and keys of the document. */
  int documentQueries;

  int documentKeys;

  /** From which key of the region on neither query {@code i} nor one before it sees anything. */
  int end(int i) {
    return ends[i / GROUP];
  }

  /** Every query may see up to the last key. */
  void seeAll() {
    Arrays.fill(ends, keys);
  }

  /**
   * Leaves out keys that nobody sees, as a triangle of a causal mask.
   *
   * @param mask whose answer for a later query is no smaller, as {@link MaskConstraint#end} says
   * @param band the same, or null
   */
  void seeOnly(AttentionMask mask, Band band) {
    int end = 0;
    for (int g = 0; g < ends.length; g++) {
      int last = Math.min(queries, (g + 1) * GROUP) - 1;
      if (last >= g * GROUP) {
        end = mask.end(this, last);
        end = band == null ? end : Math.min(end, band.end(this, last));
      }
      ends[g] = Math.min(keys, (end + 3) / 4 * 4); // kernels take four at a time
    }
    keys = ends[ends.length - 1];
  }
}
