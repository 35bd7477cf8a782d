package io.headstream.job;

import static io.headstream.job.AttentionSettings.require;

import java.io.Serializable;
import java.time.Duration;

/**
 * What the stream is: when a token is answered, how long sequences are and how they end.
 *
 * @param mode whether whole sequences are answered or single tokens
 * @param maxLength most tokens of a sequence; token by token the longest context
 * @param sessionGap how long a sequence waits for its next token before it ends; null for ever
 * @param eventTime whether the session gap passes in the time of the tokens' timestamps
 * @param maxDisorder token by token: how many tokens of a sequence wait for an earlier one at most
 * @param idleTimeout token by token: after how long without a token, in processing time, an
 *     abandoned sequence ends, so that nothing is kept of it for ever; null for never. A session
 *     gap takes its place
 */
public record StreamSettings(
    Mode mode,
    int maxLength,
    Duration sessionGap,
    boolean eventTime,
    int maxDisorder,
    Duration idleTimeout)
    implements Serializable {

  /** When a token is answered. */
  public enum Mode {
    /** When its sequence is complete. */
    SEQUENCE,
    /** As it arrives, from what is kept of its sequence. */
    TOKEN
  }

  /** How many tokens wait for an earlier one where nobody says otherwise. */
  public static final int DEFAULT_MAX_DISORDER = 64;

  /** A day's silence ends a sequence where nobody says otherwise. */
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofDays(1);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range; the message names it
   */
  public StreamSettings {
    require(maxLength >= 1, "max-length is %d, must be at least 1", maxLength);
    require(
        sessionGap == null || sessionGap.toMillis() >= 1,
        "session-gap is %s, must be at least 1 ms",
        sessionGap);
    require(maxDisorder >= 0, "max-disorder is %d, must be at least 0", maxDisorder);
    require(
        idleTimeout == null || idleTimeout.toMillis() >= 1,
        "idle-timeout is %s, must be at least 1 ms",
        idleTimeout);
  }
}
