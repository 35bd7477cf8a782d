package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.mask.BatchMask;
import io.headstream.attention.internal.mask.PackedSequences;

/**
 * At which position of its sequence each row of queries or keys stands: what a rotary embedding
 * turns it by. A cursor that can be set again.
 */
final class RowPositions {
  private int first;
  private int length;
  private BatchMask mask; // null if the rows are those of one sequence, from a position on
  private int firstMember;
  private boolean queries;

  /** Rows of one sequence, from a position on. */
  RowPositions ofSequence(int first) {
    this.first = first;
    this.mask = null;
    return this;
  }

  /** Queries of some members of a batch, {@code length} of each. */
  RowPositions ofQueries(BatchMask mask, int firstMember, int length) {
    return ofMembers(mask, firstMember, length, true);
  }

  /** Keys of some members of a batch, {@code length} of each. */
  RowPositions ofKeys(BatchMask mask, int firstMember, int length) {
    return ofMembers(mask, firstMember, length, false);
  }

  private RowPositions ofMembers(BatchMask mask, int firstMember, int length, boolean queries) {
    this.mask = mask;
    this.firstMember = firstMember;
    this.length = length;
    this.queries = queries;
    return this;
  }

  /** The position of a row, from the beginning of its document where a mask packs several. */
  int at(int row) {
    if (mask == null) {
      return first + row;
    }
    int i = row % length;
    PackedSequences packed = mask.ofMember(firstMember + row / length).packed();
    if (packed == null) {
      return i;
    }
    int[] offsets = queries ? packed.queryOffsets() : packed.keyOffsets();
    return i - offsets[PackedSequences.at(offsets, i)];
  }
}
