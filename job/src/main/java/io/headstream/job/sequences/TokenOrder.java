package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * How far a sequence has been handed on that is answered token by token, and what waits. Immutable.
 *
 * @param next the position that is handed on next; all before it have been
 * @param waiting how many tokens wait for it
 * @param highest the highest position that waits; -1 where none does
 * @param last the position of the token that said it was the last; {@link #UNKNOWN} until then
 * @param lastArrival time in milliseconds of the newest token, by the clock of the gap
 * @param gapTimer time in milliseconds of the timer that ends the sequence when no token comes; 0
 *     without one
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(TokenOrderSerializer.class)
public record TokenOrder(
    int next, int waiting, int highest, int last, long lastArrival, long gapTimer) {

  /** Nobody has said which position is the last. */
  public static final int UNKNOWN = -1;

  /** A sequence of which nothing has come. */
  public static final TokenOrder EMPTY = new TokenOrder(0, 0, -1, UNKNOWN, 0, 0);

  /** Whether the last token has been handed on. */
  boolean complete() {
    return last != UNKNOWN && next > last;
  }

  /** With everything below a position handed on, and so many of those that waited among it. */
  TokenOrder handedOn(int position, int waited) {
    int still = waiting - waited;
    return new TokenOrder(position, still, still == 0 ? -1 : highest, last, lastArrival, gapTimer);
  }

  /** With one more token that waits. */
  TokenOrder plusWaiting(Token token) {
    int top = Math.max(highest, token.position());
    return new TokenOrder(next, waiting + 1, top, last, lastArrival, gapTimer);
  }

  /** With the last position known and so many tokens waiting, none of them beyond it. */
  TokenOrder endingAt(int position, int stillWaiting) {
    int top = Math.min(highest, position);
    return new TokenOrder(next, stillWaiting, top, position, lastArrival, gapTimer);
  }

  /** With a token at this processing time and the timer that waits for the next. */
  TokenOrder seenAt(long arrival, long timer) {
    return new TokenOrder(next, waiting, highest, last, arrival, timer);
  }
}
