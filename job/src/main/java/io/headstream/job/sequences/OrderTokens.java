package io.headstream.job.sequences;

import io.headstream.job.records.Block;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.Collector;

/**
 * Hands on the tokens of a sequence in order of position, each as soon as all before it have come.
 * Keyed by sequence ID.
 *
 * <p>At most {@code maxDisorder} tokens wait for an earlier one; one more ends the sequence. It
 * ends too behind the token that says {@code last}, when no token came for a while, and when a
 * bounded input ends; what still waits then is a dead letter, for a position is never skipped. A
 * sequence that has ended leaves neither state nor timer, tells so in the {@linkplain Block#ends()
 * last block} where anything was handed on, and its ID may be used again.
 */
public final class OrderTokens extends SequenceFunction {
  private static final long serialVersionUID = 1L;

  /** A block that waits long enough to be cut travels well at this size. */
  private static final long BLOCK_BYTES = 1024 * 1024;

  /** How many positions a sequence has at most: their count has to be an int. */
  private static final int MAX_POSITIONS = Integer.MAX_VALUE;

  private final int maxDisorder;
  private final int tokensPerBlock;
  private final int maxPositions;

  /**
   * Puts tokens in order.
   *
   * @param modelDim numbers of an embedding; a token with another count is a dead letter
   * @param maxDisorder most tokens of a sequence that wait, at least 0
   * @param gapMillis after how long without a token a sequence ends; 0 for never
   * @param eventTime whether that is in the time of the tokens, and not in processing time
   * @param tokensPerBlock most tokens of a block, at least 1
   */
  public OrderTokens(
      int modelDim, int maxDisorder, long gapMillis, boolean eventTime, int tokensPerBlock) {
    this(modelDim, maxDisorder, new GapClock(gapMillis, eventTime), tokensPerBlock, MAX_POSITIONS);
  }

  OrderTokens(int modelDim, int maxDisorder, GapClock gap, int tokensPerBlock, int maxPositions) {
    super(modelDim, gap);
    this.maxDisorder = maxDisorder;
    this.tokensPerBlock = tokensPerBlock;
    this.maxPositions = maxPositions;
  }

  @Override
  int positionOnArrival(OpenSequence sequence) {
    return sequence.next();
  }

  @Override
  void take(
      Token token, Token present, OpenSequence sequence, Context context, Collector<Block> out)
      throws Exception {
    int position = token.position();
    if (position < sequence.next()) {
      String detail =
          "position %d was answered before, the next is %d".formatted(position, sequence.next());
      reject(token, Reason.LATE, detail, context);
      update(sequence);
    } else if (position >= maxPositions) {
      String detail = "a sequence has at most %d tokens".formatted(maxPositions);
      reject(token, Reason.TOO_LONG, detail, context);
      if (sequence.next() >= maxPositions) {
        end(sequence, context, out);
      } else {
        update(sequence);
      }
    } else {
      OpenSequence after = noteLast(token, sequence, context);
      if (position == after.next()) {
        handOn(token, after, context, out);
      } else if (present != null) {
        dropDuplicate(token, present);
        update(after);
      } else if (after.tokens() < maxDisorder) {
        keep(token);
        update(after.plus(token));
      } else {
        String detail =
            "position %d is missing and more than %d tokens wait"
                .formatted(after.next(), maxDisorder);
        reject(token, Reason.INCOMPLETE, detail, context);
        end(after, detail, context, out);
      }
    }
  }

  /** Hands on the next token and those that have waited for it. */
  private void handOn(Token token, OpenSequence sequence, Context context, Collector<Block> out)
      throws Exception {
    OpenSequence after = sequence;
    Token next = token;
    while (next != null) {
      List<Token> tokens = new ArrayList<>();
      int first = after.next();
      int waited = 0;
      long bytes = 0;
      while (next != null && tokens.size() < tokensPerBlock && bytes < BLOCK_BYTES) {
        tokens.add(next);
        bytes += KeptTokens.bytes(next);
        next = after.tokens() > waited ? kept(next.position() + 1) : null;
        if (next != null) {
          remove(next);
          waited++;
        }
      }
      // The one that begins the next block waits no more either.
      after = after.handedOn(first + tokens.size(), waited);
      emit(context.getCurrentKey(), first, tokens, after.complete(), out);
    }
    if (after.complete()) {
      forget(after, context);
    } else {
      update(after);
    }
  }

  @Override
  void end(OpenSequence sequence, Context context, Collector<Block> out) throws Exception {
    String detail = "sequence ended before position %d came".formatted(sequence.next());
    end(sequence, detail, context, out);
  }

  /** Ends a sequence that is not complete. */
  private void end(OpenSequence sequence, String detail, Context context, Collector<Block> out)
      throws Exception {
    for (Token token : removeAll(sequence)) {
      reject(token, Reason.INCOMPLETE, detail, context);
    }
    if (sequence.next() > 0) {
      emit(context.getCurrentKey(), sequence.next(), List.of(), true, out);
    }
    forget(sequence, context);
  }

  private static void emit(
      String sequenceId, int first, List<Token> tokens, boolean ends, Collector<Block> out) {
    out.collect(Block.ofTokens(sequenceId, first, List.copyOf(tokens), ends));
  }
}
