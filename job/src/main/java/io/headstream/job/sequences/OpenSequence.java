package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What is kept of a sequence that has begun and not ended, besides its tokens. Immutable.
 *
 * @param tokens how many positions are there: kept or, of a refused sequence, counted
 * @param highest the highest position that is kept; -1 at first
 * @param last the position of the token that said it was the last; {@link #UNKNOWN} until then
 * @param refused whether the sequence is longer than allowed, so that no token of it is kept
 * @param lastArrival time in milliseconds of the newest token by the {@link GapClock}
 * @param gapTimer time in milliseconds of the session gap's timer; 0 without one
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(OpenSequenceSerializer.class)
public record OpenSequence(
    long tokens, int highest, int last, boolean refused, long lastArrival, long gapTimer) {

  /** Nobody has said which position is the last. */
  public static final int UNKNOWN = -1;

  /** A sequence of which nothing has come. */
  public static final OpenSequence EMPTY = new OpenSequence(0, -1, UNKNOWN, false, 0, 0);

  /** Whether the last token and all before it have come. */
  boolean complete() {
    return last != UNKNOWN && tokens > last;
  }

  /** Whether no position is missing below the highest one that has to be there. */
  boolean withoutHoles() {
    return tokens == Math.max(highest, last) + 1L;
  }

  /** With one more token kept. */
  OpenSequence plus(Token token) {
    return new OpenSequence(
        tokens + 1, Math.max(highest, token.position()), last, refused, lastArrival, gapTimer);
  }

  /** With nothing kept any more; what was kept counts on. */
  OpenSequence refuse() {
    return new OpenSequence(tokens, -1, last, true, lastArrival, gapTimer);
  }

  /** With one more position counted and not kept. */
  OpenSequence plusRefused() {
    return new OpenSequence(tokens + 1, -1, last, true, lastArrival, gapTimer);
  }

  /** With the last position known and nothing kept beyond it. */
  OpenSequence endingAt(int position, long tokensKept) {
    return new OpenSequence(
        tokensKept, Math.min(highest, position), position, refused, lastArrival, gapTimer);
  }

  /** With a token at this time and the timer that waits for the next. */
  OpenSequence seenAt(long arrival, long timer) {
    return new OpenSequence(tokens, highest, last, refused, arrival, timer);
  }
}
