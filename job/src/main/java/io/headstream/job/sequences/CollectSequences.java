package io.headstream.job.sequences;

import io.headstream.job.records.Block;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/**
 * Collects the tokens of a sequence, in whatever order they come, until it is complete, and hands
 * it on whole. Keyed by sequence ID.
 *
 * <p>A sequence is complete when the token that says {@code last} and all positions before it are
 * there. It ends too when no token came for the session gap, and when a bounded input ends; then it
 * is handed on if no position is missing, and otherwise every token of it is a dead letter. Whether
 * it ended well or not, it leaves neither state nor timer, and its ID may be used again.
 *
 * <p>At most {@code maxLength} tokens of a sequence are kept. Of a longer one nothing is kept but
 * which positions have come, by which its end is found.
 */
public final class CollectSequences extends SequenceFunction {
  private static final long serialVersionUID = 1L;

  private final int maxLength;

  private transient RefusedPositions refusedPositions;

  /**
   * A collector.
   *
   * @param modelDim numbers of an embedding; a token with another count is a dead letter
   * @param maxLength most tokens of a sequence
   * @param sessionGapMillis how long a sequence waits for its next token, in processing time; 0 for
   *     ever
   */
  public CollectSequences(int modelDim, int maxLength, long sessionGapMillis) {
    this(modelDim, maxLength, sessionGapMillis, false);
  }

  /**
   * A collector.
   *
   * @param modelDim numbers of an embedding; a token with another count is a dead letter
   * @param maxLength most tokens of a sequence
   * @param sessionGapMillis how long a sequence waits for its next token; 0 for ever
   * @param eventTime whether it waits in the time of the tokens, which then come in order of their
   *     timestamps but for late ones
   */
  public CollectSequences(int modelDim, int maxLength, long sessionGapMillis, boolean eventTime) {
    super(modelDim, new GapClock(sessionGapMillis, eventTime));
    this.maxLength = maxLength;
  }

  @Override
  public void open(OpenContext context) {
    super.open(context);
    refusedPositions = new RefusedPositions(getRuntimeContext());
  }

  @Override
  int positionOnArrival(OpenSequence sequence) {
    return (int) Math.min(sequence.tokens(), Integer.MAX_VALUE);
  }

  @Override
  void take(
      Token token, Token present, OpenSequence sequence, Context context, Collector<Block> out)
      throws Exception {
    OpenSequence after = noteLast(token, sequence, context);
    if (after.refused() || token.position() >= maxLength) {
      after = refuse(token, after, context);
    } else if (present != null) {
      dropDuplicate(token, present);
    } else {
      keep(token);
      after = after.plus(token);
    }
    if (after.complete()) {
      end(after, context, out);
    } else {
      update(after);
    }
  }

  /** Sets aside a token of a sequence that is too long, and all that is kept of it. */
  private OpenSequence refuse(Token token, OpenSequence sequence, Context context)
      throws Exception {
    String detail = "sequence is longer than max-length, %d".formatted(maxLength);
    for (Token before : removeAll(sequence)) {
      reject(before, Reason.TOO_LONG, detail, context);
      refusedPositions.add(before.position());
    }
    reject(token, Reason.TOO_LONG, detail, context);
    long counted = sequence.tokens();
    if (token.last()) { // what was refused beyond it counts no more
      counted = refusedPositions.endAt(token.position(), counted);
    }
    return sequence.refused(refusedPositions.add(token.position()) ? counted + 1 : counted);
  }

  /** Hands on a sequence as it is, if no position is missing. */
  @Override
  void end(OpenSequence sequence, Context context, Collector<Block> out) throws Exception {
    List<Token> tokens = removeAll(sequence);
    if (sequence.refused()) {
      refusedPositions.clear();
    } else if (sequence.withoutHoles()) {
      emit(context.getCurrentKey(), tokens, out);
    } else {
      String detail =
          "sequence ended after %d tokens, position %d is missing"
              .formatted(tokens.size(), firstMissing(tokens));
      tokens.forEach(token -> reject(token, Reason.INCOMPLETE, detail, context));
    }
    forget(sequence, context);
  }

  private static int firstMissing(List<Token> inOrder) {
    int position = 0;
    while (position < inOrder.size() && inOrder.get(position).position() == position) {
      position++;
    }
    return position;
  }

  private static void emit(String sequenceId, List<Token> tokens, Collector<Block> out) {
    out.collect(Block.ofSequence(sequenceId, tokens));
  }
}
