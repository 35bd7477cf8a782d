package io.headstream.job.observe;

import io.headstream.attention.Dropout;
import java.io.Serializable;
import java.util.Set;

/**
 * Of which sequences the attention weights come out. Depends on nothing but the ID, so that a
 * replay picks the same.
 *
 * @param ids these sequences
 * @param every and every Nth of all others, chosen by a hash of the ID; 0 for none, 1 for all
 */
public record AttentionSample(Set<String> ids, int every) implements Serializable {

  /**
   * Copies the IDs.
   *
   * @throws IllegalArgumentException if {@code every} is negative
   */
  public AttentionSample {
    ids = Set.copyOf(ids);
    if (every < 0) {
      throw new IllegalArgumentException("every is %d, must be at least 0".formatted(every));
    }
  }

  /** No sequence at all. */
  public static AttentionSample none() {
    return new AttentionSample(Set.of(), 0);
  }

  /** Whether there is any sequence that could be in the sample. */
  public boolean isNone() {
    return every == 0 && ids.isEmpty();
  }

  /** Whether the sequence is in the sample. */
  public boolean contains(String sequenceId) {
    if (every > 0) {
      long hash = Dropout.sequence(sequenceId);
      // The lower half alone would see only the lower bits of each character.
      if (Long.remainderUnsigned(hash ^ hash >>> 32, every) == 0) {
        return true;
      }
    }
    return !ids.isEmpty() && ids.contains(sequenceId);
  }
}
