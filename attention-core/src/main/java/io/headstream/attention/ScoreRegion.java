package io.headstream.attention;

/**
 * Which part of the scores is at hand: some queries of one member and head against one tile of
 * keys.
 *
 * <p>Indices count in the caller's arrays; positions count in the document that query and key
 * belong to, which is the whole sequence unless several are packed into one. Mutable, so that a
 * call with a workspace allocates nothing.
 */
final class ScoreRegion {
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
}
