package io.headstream.attention.internal.mask;

/** The mask of a call: one for all members of the batch, or one for each. Immutable. */
public final class BatchMask {
  /** Every query may attend to every key. */
  public static final BatchMask NONE = new BatchMask(SequenceMask.NONE, null);

  private final SequenceMask shared; // null if each member has its own
  private final SequenceMask[] members; // or null

  private BatchMask(SequenceMask shared, SequenceMask[] members) {
    this.shared = shared;
    this.members = members;
  }

  /** What one constraint lets queries see. */
  public static BatchMask of(MaskConstraint constraint) {
    return new BatchMask(SequenceMask.of(constraint), null);
  }

  /** A query sees the keys of its own sequence. */
  public static BatchMask of(PackedSequences packed) {
    return new BatchMask(SequenceMask.of(packed), null);
  }

  /**
   * A mask for each member of the batch.
   *
   * @throws IllegalArgumentException if one of them is for several members itself
   */
  public static BatchMask perMember(BatchMask... masks) {
    SequenceMask[] members = new SequenceMask[masks.length];
    for (int b = 0; b < masks.length; b++) {
      if (masks[b].members != null) {
        throw new IllegalArgumentException("a member's mask has members of its own");
      }
      members[b] = masks[b].shared;
    }
    return new BatchMask(null, members);
  }

  /**
   * The same with the queries of all sliding windows elsewhere.
   *
   * @param offset the key position of query 0
   * @param bottomRight whether that counts from where the last query stands at the last key
   */
  public BatchMask withWindowsMoved(int offset, boolean bottomRight) {
    if (members == null) {
      return new BatchMask(shared.withWindowsMoved(offset, bottomRight), null);
    }
    SequenceMask[] moved = members.clone();
    for (int b = 0; b < moved.length; b++) {
      moved[b] = moved[b].withWindowsMoved(offset, bottomRight);
    }
    return new BatchMask(null, moved);
  }

  /**
   * Both masks at once.
   *
   * @throws IllegalArgumentException if both are packed into other documents, or have masks for
   *     another number of members
   */
  public BatchMask and(BatchMask other) {
    if (members == null && other.members == null) {
      return new BatchMask(shared.and(other.shared), null);
    }
    int count = members != null ? members.length : other.members.length;
    if (other.members != null && other.members.length != count) {
      throw new IllegalArgumentException(
          "one mask is for %d members, the other for %d".formatted(count, other.members.length));
    }
    SequenceMask[] both = new SequenceMask[count];
    for (int b = 0; b < count; b++) {
      both[b] = ofMember(b).and(other.ofMember(b));
    }
    return new BatchMask(null, both);
  }

  /** The mask of one member. */
  public SequenceMask ofMember(int b) {
    return members == null ? shared : members[b];
  }

  /** Independent sequences in the first members of a batch: one each, or as many as it packs. */
  public int sequences(int batch) {
    if (members == null) {
      return batch * shared.sequences();
    }
    int count = 0;
    for (int b = 0; b < batch; b++) {
      count += members[b].sequences();
    }
    return count;
  }

  /** Whether query {@code i} may attend to key {@code j}, in the first member and head. */
  public boolean mayAttend(int i, int j) {
    return ofMember(0).mayAttend(i, j);
  }

  /**
   * Checks that the mask fits a call.
   *
   * @throws IllegalArgumentException if it does not
   */
  public void check(int batch, int heads, int queryLength, int keyLength) {
    if (members == null) {
      shared.check(batch, heads, queryLength, keyLength);
      return;
    }
    if (members.length != batch) {
      throw new IllegalArgumentException(
          "mask is for %d members, batch is %d".formatted(members.length, batch));
    }
    for (SequenceMask member : members) {
      member.check(batch, heads, queryLength, keyLength);
    }
  }
}
