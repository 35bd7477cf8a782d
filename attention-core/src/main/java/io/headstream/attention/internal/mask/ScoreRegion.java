package io.headstream.attention.internal.mask;

import java.util.Arrays;

/**
 * Which part of the scores is at hand: some queries of one member and head against one tile of
 * keys.
 *
 * <p>Indices count in the caller's arrays; positions count in the document that query and key
 * belong to, which is the whole sequence unless several are packed into one. Mutable, so that a
 * call with a workspace allocates nothing.
 */
public final class ScoreRegion {
  /** Queries of a block, at most. */
  public static final int MOST_QUERIES = 64;

  /** Queries that share an end of their keys. */
  public static final int GROUP = 16;

  /** Groups of a block. */
  public static final int GROUPS = MOST_QUERIES / GROUP;

  private final int[] ends = new int[GROUPS];

  public int member;
  public int head;
  public int firstQuery;
  public int queries;
  public int firstKey;
  public int keys;

  /** Position of the first query: tells where causality and windows put it. */
  public int queryPosition;

  /** Position of the first key; tiles begin at multiples of 128 of it. */
  public int keyPosition;

  /** Queries and keys of the document. */
  public int documentQueries;

  public int documentKeys;

  /** From which key of the region on neither query {@code i} nor one before it sees anything. */
  public int end(int i) {
    return ends[i / GROUP];
  }

  /** Every query may see up to the last key. */
  public void seeAll() {
    Arrays.fill(ends, keys);
  }

  /** Says from which key on a group of queries sees nothing; not before that of the last group. */
  public void setEnd(int group, int end) {
    ends[group] = end;
  }
}
