package io.headstream.job;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a layer answers token by token.
 *
 * @param maxDisorder how many tokens of a sequence wait for an earlier one at most, at least 0
 * @param idleTimeout after how long without a token, in processing time, an abandoned sequence
 *     ends, so that nothing is kept of it for ever; null for never. A session gap takes its place
 * @param pageCacheBytes most bytes of keys and values that each subtask keeps decoded beside its
 *     state, so that a token need not read its sequence's whole past; at least 0
 */
public record TokenMode(int maxDisorder, Duration idleTimeout, long pageCacheBytes)
    implements Serializable {

  /** What holds where nobody says otherwise: 64 tokens wait, a day's silence ends, 128 MiB. */
  public static final TokenMode DEFAULT = new TokenMode(64, Duration.ofDays(1), 128L << 20);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range; the message names it
   */
  public TokenMode {
    if (maxDisorder < 0) {
      throw new IllegalArgumentException(
          "max-disorder is %d, must be at least 0".formatted(maxDisorder));
    }
    if (idleTimeout != null && idleTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "idle-timeout is %s, must be at least 1 ms".formatted(idleTimeout));
    }
    if (pageCacheBytes < 0) {
      throw new IllegalArgumentException(
          "page-cache is %d bytes, must be at least 0".formatted(pageCacheBytes));
    }
  }
}
