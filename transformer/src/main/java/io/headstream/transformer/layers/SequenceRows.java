package io.headstream.transformer.layers;

import io.headstream.attention.cache.KeyValueCache;
import java.util.Arrays;

/**
 * The rows of a call: blocks of sequences one behind the other, without padding. Each row is a
 * token at its position; a sequence may have a cache, and its block then comes behind what is in
 * it.
 */
public final class SequenceRows {
  private int count;
  private int sequences;
  private int[] ids = new int[0];
  private int[] positions = new int[0];
  private int[] ends = new int[0];
  private KeyValueCache[][] caches = new KeyValueCache[0][];
  private boolean vectors;

  /** No rows. */
  public SequenceRows() {}

  /** Takes all rows away. */
  public void clear() {
    Arrays.fill(caches, 0, sequences, null);
    count = 0;
    sequences = 0;
    vectors = false;
  }

  /**
   * Adds the next tokens of a sequence.
   *
   * @param length how many
   * @param block their ids from {@code offset} on; null where vectors stand in their place
   * @param offset where they begin
   * @param firstPosition position of the first in its sequence
   * @param cache by layer; null for a sequence of which nothing is kept
   */
  public void add(int length, int[] block, int offset, int firstPosition, KeyValueCache[] cache) {
    int total = Math.addExact(count, length);
    ids = grown(ids, total);
    positions = grown(positions, total);
    ends = grown(ends, sequences + 1);
    if (caches.length <= sequences) {
      caches = Arrays.copyOf(caches, Math.max(8, 2 * sequences));
    }
    if (block == null) {
      vectors = true;
    } else {
      System.arraycopy(block, offset, ids, count, length);
    }
    for (int i = 0; i < length; i++) {
      positions[count + i] = firstPosition + i;
    }
    caches[sequences] = cache;
    count = total;
    ends[sequences++] = total;
  }

  private static int[] grown(int[] array, int size) {
    return array.length >= size ? array : Arrays.copyOf(array, Math.max(size, 2 * array.length));
  }

  /** {@return how many rows} */
  public int count() {
    return count;
  }

  /** {@return how many sequences} */
  public int sequences() {
    return sequences;
  }

  /**
   * Where a sequence begins.
   *
   * @param sequence which
   * @return its first row
   */
  public int begin(int sequence) {
    return sequence == 0 ? 0 : ends[sequence - 1];
  }

  /**
   * Where a sequence ends.
   *
   * @param sequence which
   * @return the row behind its last
   */
  public int end(int sequence) {
    return ends[sequence];
  }

  /** {@return whether vectors stand in the place of ids} */
  public boolean vectors() {
    return vectors;
  }

  /** {@return the ids of the rows; may be longer; not a copy} */
  public int[] ids() {
    return ids;
  }

  /** {@return the position of each row in its sequence; may be longer; not a copy} */
  public int[] positions() {
    return positions;
  }

  /**
   * The cache of a sequence.
   *
   * @param sequence which
   * @return by layer, or null if nothing is kept of it
   */
  public KeyValueCache[] cache(int sequence) {
    return caches[sequence];
  }

  /** The cache of a sequence for a layer, or null. */
  KeyValueCache cache(int sequence, int layer) {
    return caches[sequence] == null ? null : caches[sequence][layer];
  }
}
