package io.headstream.attention.internal.mask;

import io.headstream.attention.internal.SplitMix64;

/**
 * Which attention weights are dropped: a function of the seed, the sequence, the head and the two
 * positions, by a generator whose counter they are.
 *
 * @param probability share of weights that become 0, below 1
 * @param seed what all masks of a run have in common
 * @param sequences a number for each sequence of a call; not copied
 */
public record DropoutMask(double probability, long seed, long[] sequences) {
  /** Nothing is dropped. */
  public static final DropoutMask OFF = new DropoutMask(0, 0, new long[0]);

  public boolean isOff() {
    return probability == 0;
  }

  /**
   * Checks that there is a number for each sequence of a call.
   *
   * @throws IllegalArgumentException if there is not
   */
  public void check(BatchMask mask, int batch) {
    if (isOff() || sequences.length == mask.sequences(batch)) {
      return;
    }
    int needed = mask.sequences(batch);
    throw new IllegalArgumentException(
        needed == batch
            ? "dropout names %d sequences, batch is %d".formatted(sequences.length, batch)
            : "dropout names %d sequences, batch %d packs %d"
                .formatted(sequences.length, batch, needed));
  }

  /** What a kept weight is multiplied by. */
  public float keptScale() {
    return (float) (1 / (1 - probability));
  }

  /** The key of one query row: all that a mask depends on but the key position. */
  public long row(int sequence, int head, int queryPosition) {
    long sequenceKey = SplitMix64.at(seed, 0) ^ sequences[sequence];
    return SplitMix64.at(sequenceKey, ((long) head << 32) + queryPosition);
  }

  /** Whether the weight of a key position in the row with this key is kept. */
  public boolean keeps(long row, int keyPosition) {
    // The upper 53 bits as a number in [0, 1).
    return (SplitMix64.at(row, keyPosition) >>> 11) * 0x1p-53 >= probability;
  }
}
