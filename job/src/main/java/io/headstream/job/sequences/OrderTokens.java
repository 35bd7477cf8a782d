package io.headstream.job.sequences;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.Block;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
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
public final class OrderTokens extends KeyedProcessFunction<String, Token, Block>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private static final long NOT_YET = Long.MIN_VALUE;

  /** The last watermark of a bounded input fires it. */
  private static final long END_OF_INPUT = Long.MAX_VALUE;

  /** A block that waits long enough to be cut travels well at this size. */
  private static final long BLOCK_BYTES = 1024 * 1024;

  /** How many positions a sequence has at most: their count has to be an int. */
  private static final int MAX_POSITIONS = Integer.MAX_VALUE;

  private static final String ENDED = "sequence ended before position %d came";

  private final int maxDisorder;
  private final GapClock gap;
  private final int tokensPerBlock;
  private final int maxPositions;

  private transient ValueState<TokenOrder> order;
  private transient MapState<Integer, Token> waiting;
  private transient long runningSince;
  private transient KeptTokens keptTokens;
  private transient DeadLetterOutput deadLetters;
  private transient Counter duplicateTokens;
  private transient LongCounter duplicatesDropped;

  /**
   * Puts tokens in order.
   *
   * @param maxDisorder most tokens of a sequence that wait, at least 0
   * @param gapMillis after how long without a token a sequence ends; 0 for never
   * @param eventTime whether that is in the time of the tokens, and not in processing time
   * @param tokensPerBlock most tokens of a block, at least 1
   */
  public OrderTokens(int maxDisorder, long gapMillis, boolean eventTime, int tokensPerBlock) {
    this(maxDisorder, new GapClock(gapMillis, eventTime), tokensPerBlock, MAX_POSITIONS);
  }

  OrderTokens(int maxDisorder, GapClock gap, int tokensPerBlock, int maxPositions) {
    this.maxDisorder = maxDisorder;
    this.gap = gap;
    this.tokensPerBlock = tokensPerBlock;
    this.maxPositions = maxPositions;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    keptTokens = new KeptTokens(context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    keptTokens.snapshot();
  }

  @Override
  public void open(OpenContext context) {
    runningSince = NOT_YET;
    order =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("order", TypeInformation.of(TokenOrder.class)));
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("waiting", Types.INT, TypeInformation.of(Token.class)));
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("attention");
    keptTokens.register(group);
    duplicateTokens = group.counter("duplicatesDropped");
    duplicatesDropped = getRuntimeContext().getLongCounter("duplicates-dropped");
  }

  @Override
  public void processElement(Token arrived, Context context, Collector<Block> out)
      throws Exception {
    TokenOrder before = order.value();
    if (before != null && endedBefore(arrived, before, context)) {
      end(before, ENDED, context, out);
      before = null;
    }
    if (before == null) {
      before = TokenOrder.EMPTY;
      keptTokens.begin();
      context.timerService().registerEventTimeTimer(END_OF_INPUT);
    }
    before = noteArrival(arrived, before, context);
    Token token =
        arrived.position() == Token.ON_ARRIVAL ? arrived.withPosition(before.next()) : arrived;
    take(token, before, context, out);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Block> out)
      throws Exception {
    TokenOrder sequence = order.value();
    if (timestamp != END_OF_INPUT) {
      long end = gap.endAfter(sequence.lastArrival(), runningSince(context));
      if (end > timestamp) { // tokens have come since the timer was set, or the job stood still
        gap.register(end, context.timerService());
        order.update(sequence.seenAt(sequence.lastArrival(), end));
        return;
      }
    }
    end(sequence, ENDED, context, out);
  }

  /** The processing time at which this attempt did its first work, all but when it began. */
  private long runningSince(Context context) {
    if (runningSince == NOT_YET) {
      runningSince = context.timerService().currentProcessingTime();
    }
    return runningSince;
  }

  /** Whether the gap lies between a sequence and a token of its ID. */
  private boolean endedBefore(Token token, TokenOrder sequence, Context context) {
    return !gap.isOff()
        && gap.eventTime()
        && gap.liesBetween(sequence.lastArrival(), gap.timeOf(token, context.timerService()));
  }

  /** Starts the clock that ends the sequence, or notes that it starts anew. */
  private TokenOrder noteArrival(Token token, TokenOrder sequence, Context context) {
    if (gap.isOff()) {
      return sequence;
    }
    runningSince(context); // from the first token or timer on
    long time = gap.timeOf(token, context.timerService());
    long timer = sequence.gapTimer();
    if (timer == GapClock.NO_TIMER) {
      timer = gap.endAfter(time);
      gap.register(timer, context.timerService());
      return sequence.seenAt(time, timer);
    }
    // A late token does not set the clock back.
    return sequence.seenAt(gap.eventTime() ? Math.max(time, sequence.lastArrival()) : time, timer);
  }

  /** Hands the token on, lets it wait, drops it as a repetition, or sets it aside. */
  private void take(Token token, TokenOrder sequence, Context context, Collector<Block> out)
      throws Exception {
    int position = token.position();
    Token present = position > sequence.highest() ? null : waiting.get(position);
    String conflict = conflict(token, present, sequence);
    if (conflict != null) {
      reject(token, Reason.CONFLICT, conflict, context);
      order.update(sequence);
    } else if (position < sequence.next()) {
      String detail = "position %d was answered before, the next is %d";
      reject(token, Reason.LATE, detail.formatted(position, sequence.next()), context);
      order.update(sequence);
    } else if (position >= maxPositions) {
      reject(
          token,
          Reason.TOO_LONG,
          "a sequence has at most %d tokens".formatted(maxPositions),
          context);
      if (sequence.next() >= maxPositions) {
        end(sequence, ENDED, context, out);
      } else {
        order.update(sequence);
      }
    } else {
      TokenOrder after = token.last() ? endAt(position, sequence, context) : sequence;
      if (position == after.next()) {
        handOn(token, after, context, out);
      } else if (present != null) {
        dropDuplicate(token, present);
        order.update(after);
      } else if (after.waiting() < maxDisorder) {
        waiting.put(position, token);
        keptTokens.keep(token);
        order.update(after.plusWaiting(token));
      } else {
        String detail =
            "position %d is missing and more than %d tokens wait"
                .formatted(after.next(), maxDisorder);
        reject(token, Reason.INCOMPLETE, detail, context);
        end(after, detail, context, out);
      }
    }
  }

  /** What the token contradicts, or null. */
  private static String conflict(Token token, Token present, TokenOrder sequence) {
    int position = token.position();
    int last = sequence.last();
    if (last != TokenOrder.UNKNOWN && position > last) {
      return "position %d is beyond the last one, %d".formatted(position, last);
    }
    if (last != TokenOrder.UNKNOWN && token.last() && position != last) {
      return "position %d says last, as %d did before".formatted(position, last);
    }
    if (present != null && !Arrays.equals(present.embedding(), token.embedding())) {
      return "position %d came before with another embedding".formatted(position);
    }
    return null;
  }

  private void dropDuplicate(Token token, Token present) throws Exception {
    duplicateTokens.inc();
    duplicatesDropped.add(1);
    if (token.last()) {
      waiting.put(token.position(), present.withLast(true));
    }
  }

  /** Sets aside what waits beyond the last position, now that it is known. */
  private TokenOrder endAt(int last, TokenOrder sequence, Context context) throws Exception {
    if (last == sequence.last()) {
      return sequence;
    }
    int still = sequence.waiting();
    if (last < sequence.highest()) {
      for (Token beyond : waitingInOrder()) {
        if (beyond.position() > last) {
          String detail =
              "position %d is beyond the last one, %d".formatted(beyond.position(), last);
          reject(beyond, Reason.CONFLICT, detail, context);
          waiting.remove(beyond.position());
          keptTokens.drop(beyond);
          still--;
        }
      }
    }
    return sequence.endingAt(last, still);
  }

  /** Hands on the next token and those that have waited for it. */
  private void handOn(Token token, TokenOrder sequence, Context context, Collector<Block> out)
      throws Exception {
    TokenOrder after = sequence;
    Token next = token;
    while (next != null) {
      List<Token> tokens = new ArrayList<>();
      int first = after.next();
      int waited = 0;
      long bytes = 0;
      while (next != null && tokens.size() < tokensPerBlock && bytes < BLOCK_BYTES) {
        tokens.add(next);
        bytes += KeptTokens.bytes(next);
        int position = next.position() + 1;
        next = after.waiting() > waited ? waiting.get(position) : null;
        if (next != null) {
          waiting.remove(position);
          keptTokens.drop(next);
          waited++;
        }
      }
      // The one that begins the next block waits no more either.
      after = after.handedOn(first + tokens.size(), waited);
      out.collect(
          Block.ofTokens(context.getCurrentKey(), first, List.copyOf(tokens), after.complete()));
    }
    if (after.complete()) {
      forget(after, context);
    } else {
      order.update(after);
    }
  }

  /** Ends a sequence that is not complete. */
  private void end(TokenOrder sequence, String detail, Context context, Collector<Block> out)
      throws Exception {
    if (sequence.waiting() > 0) {
      for (Token token : waitingInOrder()) {
        reject(token, Reason.INCOMPLETE, detail.formatted(sequence.next()), context);
        keptTokens.drop(token);
      }
    }
    if (sequence.next() > 0) {
      out.collect(Block.ofTokens(context.getCurrentKey(), sequence.next(), List.of(), true));
    }
    forget(sequence, context);
  }

  private List<Token> waitingInOrder() throws Exception {
    List<Token> tokens = new ArrayList<>();
    waiting.values().forEach(tokens::add);
    tokens.sort(Comparator.comparingInt(Token::position));
    return tokens;
  }

  private void reject(Token token, Reason reason, String detail, Context context) {
    deadLetters.emit(token, reason, detail, context::output);
  }

  private void forget(TokenOrder sequence, Context context) {
    keptTokens.end();
    order.clear();
    if (sequence.waiting() > 0) {
      waiting.clear();
    }
    context.timerService().deleteEventTimeTimer(END_OF_INPUT);
    if (sequence.gapTimer() != GapClock.NO_TIMER) {
      gap.delete(sequence.gapTimer(), context.timerService());
    }
  }
}
