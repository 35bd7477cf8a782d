package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What is kept of a sequence that has begun and not ended, besides its tokens. Immutable.
 *
 * @param next the position that is handed on next, where tokens are handed on one by one; all
 *     before it have been
 * @param tokens how many positions from {@code next} on are there: kept or, of a refused sequence,
 *     counted
 * @param highest the highest position that is kept; {@link #UNKNOWN} where none is
 * @param last the position of the token that said it was the last; {@link #UNKNOWN} until then
 * @param refused whether the sequence is longer than allowed, so that no token of it is kept
 * @param lastArrival time in milliseconds of the newest token by the {@link GapClock}
 * @param gapTimer time in milliseconds of the session gap's timer; 0 without one
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(OpenSequenceSerializer.class)
public record OpenSequence(
    int next,
    long tokens,
    int highest,
    int last,
    boolean refused,
    long lastArrival,
    long gapTimer) {

  /** No position. */
  public static final int UNKNOWN = -1;

  /** A sequence of which nothing has come. */
  public static final OpenSequence EMPTY = new OpenSequence(0, 0, UNKNOWN, UNKNOWN, false, 0, 0);

  /** Whether the last token and all before it have come. */
  boolean complete() {
    return last != UNKNOWN && next + tokens > last;
  }

  /** Whether no position is missing below the highest one that has to be there. */
  boolean withoutHoles() {
    return next + tokens == Math.max(highest, last) + 1L;
  }

  /** With one more token kept. */
  OpenSequence plus(Token token) {
    int top = Math.max(highest, token.position());
    return new OpenSequence(next, tokens + 1, top, last, refused, lastArrival, gapTimer);
  }

  /** With everything below a position handed on, and so many of those that were kept among it. */
  OpenSequence handedOn(int position, int wereKept) {
    long still = tokens - wereKept;
    int top = still == 0 ? UNKNOWN : highest;
    return new OpenSequence(position, still, top, last, refused, lastArrival, gapTimer);
  }

  /** With nothing kept any more, and so many positions counted. */
  OpenSequence refused(long counted) {
    return new OpenSequence(next, counted, UNKNOWN, last, true, lastArrival, gapTimer);
  }

  /** With the last position known and nothing kept beyond it. */
  OpenSequence endingAt(int position, long stillKept) {
    int top = Math.min(highest, position);
    return new OpenSequence(next, stillKept, top, position, refused, lastArrival, gapTimer);
  }

  /** With a token at this time and the timer that waits for the next. */
  OpenSequence seenAt(long arrival, long timer) {
    return new OpenSequence(next, tokens, highest, last, refused, arrival, timer);
  }
}
