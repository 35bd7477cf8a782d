package io.headstream.attention;

import io.headstream.attention.internal.mask.DropoutMask;
import java.nio.charset.StandardCharsets;

/**
 * Dropout on the attention weights (section 5.4 of the paper), off unless asked for.
 *
 * <p>Which weights are dropped depends on nothing but the seed, the sequence, the head and the two
 * positions, so that a replay drops the same ones on any number of threads. Kept weights are
 * divided by {@code 1 - probability}.
 */
public final class Dropout {
  private static final Dropout OFF = new Dropout(DropoutMask.OFF);

  private final DropoutMask mask;

  private Dropout(DropoutMask mask) {
    this.mask = mask;
  }

  /**
   * No dropout, as in evaluation.
   *
   * @return the dropout
   */
  public static Dropout off() {
    return OFF;
  }

  /**
   * Dropout with the given probability.
   *
   * @param probability share of weights that become 0; {@code 0 <= probability < 1}
   * @param seed what all masks of a run have in common
   * @param sequences one number for each member of the batch that says which sequence it is, and
   *     for each document of a member that packs several; see {@link #sequence}
   * @return the dropout
   * @throws IllegalArgumentException if the probability is out of range
   */
  public static Dropout of(double probability, long seed, long... sequences) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "dropout is %s, must be at least 0 and below 1".formatted(probability));
    }
    return probability == 0
        ? OFF
        : new Dropout(new DropoutMask(probability, seed, sequences.clone()));
  }

  /**
   * The number of a sequence that is known by name: equal names give equal numbers.
   *
   * @param sequenceId the name
   * @return its number
   */
  public static long sequence(String sequenceId) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : sequenceId.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }

  /** Which weights are dropped. */
  DropoutMask mask() {
    return mask;
  }
}
