package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** The pairs of tokens that BPE puts together, the earlier ones first, and what they become. */
final class Merges {
  private final IntTable ranks = new IntTable();
  private int[] results = new int[1024];
  private int count;

  /** Adds a pair behind all others; one that is there already moves to the end. */
  void add(int left, int right, int result) {
    if (count == results.length) {
      results = Arrays.copyOf(results, 2 * count);
    }
    results[count] = result;
    ranks.put(pair(left, right), count);
    count++;
  }

  /** The rank of a pair: the lowest is merged first; -1 if it is never merged. */
  int rank(int left, int right) {
    return ranks.get(pair(left, right));
  }

  /** The token that the pair of a rank becomes. */
  int result(int rank) {
    return results[rank];
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
