package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import java.io.Serializable;
import org.apache.flink.streaming.api.TimerService;

/**
 * The clock by which a session gap passes: the machine's, or the one of the records' timestamps.
 *
 * @param gapMillis how long a sequence waits for its next token; 0 for ever
 * @param eventTime whether the records' timestamps are the clock
 */
record GapClock(long gapMillis, boolean eventTime) implements Serializable {

  /** What stands for no timer in a sequence's state. */
  static final long NO_TIMER = 0;

  /** A time before the last watermark, at which a bounded input's end has its own timer. */
  private static final long LATEST = Long.MAX_VALUE - 1;

  /** Whether sequences wait for ever. */
  boolean isOff() {
    return gapMillis == 0;
  }

  /** The time of a token. */
  long timeOf(Token token, TimerService timers) {
    if (!eventTime) {
      return timers.currentProcessingTime();
    }
    if (token.timestamp() == null) {
      throw new IllegalArgumentException(
          "token %d of sequence '%s' has no timestamp, which event time needs"
              .formatted(token.position(), token.sequenceId()));
    }
    return token.timestamp();
  }

  /**
   * When the gap behind a sequence's last token has passed. The time for which the job did not run
   * is not silence of the sequence: by the machine's clock the gap begins when it runs again at the
   * earliest, since what came meanwhile has yet to be read.
   *
   * @param runningSince since when, in processing time, the operator runs
   */
  long endAfter(long lastArrival, long runningSince) {
    return endAfter(eventTime ? lastArrival : Math.max(lastArrival, runningSince));
  }

  /** When the gap behind a token has passed; never {@link #NO_TIMER}. */
  long endAfter(long time) {
    long end = time > LATEST - gapMillis ? LATEST : time + gapMillis;
    return end == NO_TIMER ? 1 : end;
  }

  /**
   * Whether a token comes after the gap behind another, though no timer has said so yet: in event
   * time the watermark follows the tokens, and may jump over many at once.
   */
  boolean liesBetween(long time, long laterTime) {
    long end = endAfter(time);
    return eventTime && end < LATEST && laterTime > end;
  }

  void register(long end, TimerService timers) {
    if (eventTime) {
      timers.registerEventTimeTimer(end);
    } else {
      timers.registerProcessingTimeTimer(end);
    }
  }

  void delete(long end, TimerService timers) {
    if (eventTime) {
      timers.deleteEventTimeTimer(end);
    } else {
      timers.deleteProcessingTimeTimer(end);
    }
  }
}
