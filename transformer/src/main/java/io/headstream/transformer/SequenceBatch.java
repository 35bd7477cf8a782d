package io.headstream.transformer;

import io.headstream.transformer.layers.SequenceRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What one call of a model computes: whole sequences, or the next blocks of sequences that have a
 * {@link SequenceCache}, in any mixture and of any lengths, one behind the other without padding.
 *
 * <p>Grows to what it is given and can be used again after {@link #clear}. For one thread at a
 * time.
 */
public final class SequenceBatch {
  private final SequenceRows rows = new SequenceRows();
  private final List<SequenceCache> caches = new ArrayList<>(); // null for a whole sequence
  private int[] positions = new int[8]; // of the first token of each sequence

  /** An empty batch. */
  public SequenceBatch() {}

  /**
   * Takes all sequences away.
   *
   * @return this batch
   */
  public SequenceBatch clear() {
    rows.clear();
    caches.clear();
    return this;
  }

  /**
   * Adds a whole sequence.
   *
   * @param ids its tokens; copied
   * @return this batch
   */
  public SequenceBatch add(int... ids) {
    return add(null, ids, 0, ids.length);
  }

  /**
   * Adds the next tokens of a sequence.
   *
   * @param cache what is kept of the sequence; at most once in a batch
   * @param ids the tokens; copied
   * @return this batch
   */
  public SequenceBatch add(SequenceCache cache, int... ids) {
    return add(Objects.requireNonNull(cache, "cache"), ids, 0, ids.length);
  }

  /**
   * Adds tokens that are a range of an array.
   *
   * @param cache what is kept of the sequence; null for a whole sequence
   * @param ids the tokens are {@code length} of them from {@code offset} on; copied
   * @param offset where they begin
   * @param length how many
   * @return this batch
   * @throws IndexOutOfBoundsException if the array has no such range
   * @throws IllegalArgumentException if vectors were added before
   */
  public SequenceBatch add(SequenceCache cache, int[] ids, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, ids.length);
    return add(cache, ids, offset, length, false);
  }

  /**
   * Adds vectors in the place of tokens: those that stand in the array of the call.
   *
   * @param cache what is kept of the sequence; null for a whole sequence
   * @param length how many vectors, at least 0
   * @return this batch
   * @throws IllegalArgumentException if the length is negative or tokens were added before
   */
  public SequenceBatch addVectors(SequenceCache cache, int length) {
    if (length < 0) {
      throw new IllegalArgumentException("length is %d, must be at least 0".formatted(length));
    }
    return add(cache, null, 0, length, true);
  }

  private SequenceBatch add(
      SequenceCache cache, int[] ids, int offset, int length, boolean vectors) {
    if (!caches.isEmpty() && rows.vectors() != vectors) {
      throw new IllegalArgumentException("a batch is of tokens or of vectors, not of both");
    }
    int position = cache == null ? 0 : cache.length();
    if (positions.length <= caches.size()) {
      positions = Arrays.copyOf(positions, 2 * positions.length);
    }
    positions[caches.size()] = position;
    rows.add(length, ids, offset, position, cache == null ? null : cache.byLayer());
    caches.add(cache);
    return this;
  }

  /** {@return how many sequences} */
  public int sequences() {
    return rows.sequences();
  }

  /** {@return how many tokens of all sequences} */
  public int rows() {
    return rows.count();
  }

  /**
   * Where a sequence's hidden states begin.
   *
   * @param sequence 0 to {@code sequences() - 1}, in the order in which they were added
   * @return its first row
   */
  public int begin(int sequence) {
    return rows.begin(Objects.checkIndex(sequence, sequences()));
  }

  /**
   * Where a sequence's hidden states end.
   *
   * @param sequence 0 to {@code sequences() - 1}
   * @return the row behind its last
   */
  public int end(int sequence) {
    return rows.end(Objects.checkIndex(sequence, sequences()));
  }

  SequenceRows packed() {
    return rows;
  }

  /** The position of a sequence's first token in this batch. */
  int firstPosition(int sequence) {
    return positions[sequence];
  }

  SequenceCache cache(int sequence) {
    return caches.get(sequence);
  }
}
