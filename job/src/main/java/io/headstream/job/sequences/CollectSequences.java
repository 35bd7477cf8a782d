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
public final class CollectSequences extends KeyedProcessFunction<String, Token, Block>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private static final long NOT_YET = Long.MIN_VALUE;

  /** The last watermark of a bounded input fires it. */
  private static final long END_OF_INPUT = Long.MAX_VALUE;

  private final int maxLength;
  private final GapClock gap;

  private transient ValueState<OpenSequence> open;
  private transient MapState<Integer, Token> kept;
  private transient RefusedPositions refusedPositions;
  private transient long runningSince;
  private transient KeptTokens keptTokens;
  private transient DeadLetterOutput deadLetters;
  private transient Counter duplicateTokens;
  private transient LongCounter duplicatesDropped;

  /**
   * A collector.
   *
   * @param maxLength most tokens of a sequence
   * @param sessionGapMillis how long a sequence waits for its next token, in processing time; 0 for
   *     ever
   */
  public CollectSequences(int maxLength, long sessionGapMillis) {
    this(maxLength, sessionGapMillis, false);
  }

  /**
   * A collector.
   *
   * @param maxLength most tokens of a sequence
   * @param sessionGapMillis how long a sequence waits for its next token; 0 for ever
   * @param eventTime whether it waits in the time of the tokens, which then come in order of their
   *     timestamps but for late ones
   */
  public CollectSequences(int maxLength, long sessionGapMillis, boolean eventTime) {
    this.maxLength = maxLength;
    this.gap = new GapClock(sessionGapMillis, eventTime);
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
    open =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "open-sequence", TypeInformation.of(OpenSequence.class)));
    kept =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("tokens", Types.INT, TypeInformation.of(Token.class)));
    refusedPositions = new RefusedPositions(getRuntimeContext());
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("attention");
    duplicateTokens = group.counter("duplicatesDropped");
    keptTokens.register(group);
    duplicatesDropped = getRuntimeContext().getLongCounter("duplicates-dropped");
  }

  @Override
  public void processElement(Token arrived, Context context, Collector<Block> out)
      throws Exception {
    OpenSequence before = open.value();
    if (before != null && endedBefore(arrived, before, context)) {
      end(before, context, out);
      before = null;
    }
    if (before == null) {
      before = OpenSequence.EMPTY;
      keptTokens.begin();
      context.timerService().registerEventTimeTimer(END_OF_INPUT);
    }
    before = noteArrival(arrived, before, context);
    Token token =
        arrived.position() == Token.ON_ARRIVAL
            ? arrived.withPosition((int) Math.min(before.tokens(), Integer.MAX_VALUE))
            : arrived;
    OpenSequence after = take(token, before, context);
    if (!after.complete()) {
      open.update(after);
      return;
    }
    if (!after.refused()) {
      out.collect(sequence(context.getCurrentKey(), after));
    }
    forget(after, context);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Block> out)
      throws Exception {
    OpenSequence sequence = open.value();
    if (timestamp != END_OF_INPUT) {
      long end = gap.endAfter(sequence.lastArrival(), runningSince(context));
      if (end > timestamp) { // tokens have come since the timer was set, or the job stood still
        gap.register(end, context.timerService());
        open.update(sequence.seenAt(sequence.lastArrival(), end));
        return;
      }
    }
    end(sequence, context, out);
  }

  /** The processing time at which this attempt did its first work, all but when it began. */
  private long runningSince(Context context) {
    if (runningSince == NOT_YET) {
      runningSince = context.timerService().currentProcessingTime();
    }
    return runningSince;
  }

  /** Whether the session gap lies between a sequence and a token of its ID. */
  private boolean endedBefore(Token token, OpenSequence sequence, Context context) {
    return !gap.isOff()
        && gap.eventTime()
        && gap.liesBetween(sequence.lastArrival(), gap.timeOf(token, context.timerService()));
  }

  /** Hands on a sequence as it is, if no position is missing. */
  private void end(OpenSequence sequence, Context context, Collector<Block> out) throws Exception {
    if (!sequence.refused()) {
      if (sequence.withoutHoles()) {
        out.collect(sequence(context.getCurrentKey(), sequence));
      } else {
        rejectAll(sequence, Reason.INCOMPLETE, missing(sequence), context);
      }
    }
    forget(sequence, context);
  }

  /** Starts the clock of the session gap, or notes that it starts anew. */
  private OpenSequence noteArrival(Token token, OpenSequence sequence, Context context) {
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

  /** Keeps the token, drops it as a repetition, or sets it aside. */
  private OpenSequence take(Token token, OpenSequence sequence, Context context) throws Exception {
    int position = token.position();
    String conflict = conflict(token, sequence);
    if (conflict != null) {
      reject(token, Reason.CONFLICT, conflict, context);
      return sequence;
    }
    OpenSequence after = token.last() ? endAt(position, sequence, context) : sequence;
    if (after.refused() || position >= maxLength) {
      return refuse(token, after, context);
    }
    Token present = kept.get(position);
    if (present == null) {
      kept.put(position, token);
      keptTokens.keep(token);
      return after.plus(token);
    }
    duplicateTokens.inc();
    duplicatesDropped.add(1);
    if (token.last()) {
      kept.put(position, present.withLast(true));
    }
    return after;
  }

  /** What the token contradicts, or null. */
  private String conflict(Token token, OpenSequence sequence) throws Exception {
    int position = token.position();
    int last = sequence.last();
    if (last != OpenSequence.UNKNOWN && position > last) {
      return "position %d is beyond the last one, %d".formatted(position, last);
    }
    if (last != OpenSequence.UNKNOWN && token.last() && position != last) {
      return "position %d says last, as %d did before".formatted(position, last);
    }
    if (sequence.refused() || position > sequence.highest()) {
      return null; // nothing is kept there
    }
    Token present = kept.get(position);
    if (present != null && !Arrays.equals(present.embedding(), token.embedding())) {
      return "position %d came before with another embedding".formatted(position);
    }
    return null;
  }

  /** Sets aside what is kept beyond the last position, now that it is known. */
  private OpenSequence endAt(int last, OpenSequence sequence, Context context) throws Exception {
    if (last == sequence.last()) {
      return sequence;
    }
    long tokens = sequence.tokens();
    if (sequence.refused()) {
      return sequence.endingAt(last, refusedPositions.endAt(last, tokens));
    }
    for (Token beyond : keptBeyond(last, sequence)) {
      String detail = "position %d is beyond the last one, %d".formatted(beyond.position(), last);
      reject(beyond, Reason.CONFLICT, detail, context);
      kept.remove(beyond.position());
      keptTokens.drop(beyond);
      tokens--;
    }
    return sequence.endingAt(last, tokens);
  }

  private OpenSequence refuse(Token token, OpenSequence sequence, Context context)
      throws Exception {
    String detail = "sequence is longer than max-length, %d".formatted(maxLength);
    OpenSequence refused = sequence;
    if (!sequence.refused()) {
      rejectAll(sequence, Reason.TOO_LONG, detail, context);
      for (int position : kept.keys()) {
        refusedPositions.add(position);
      }
      kept.clear();
      refused = sequence.refuse();
    }
    reject(token, Reason.TOO_LONG, detail, context);
    return refusedPositions.add(token.position()) ? refused.plusRefused() : refused;
  }

  private Block sequence(String sequenceId, OpenSequence sequence) throws Exception {
    List<Token> tokens = keptBeyond(-1, sequence);
    tokens.forEach(keptTokens::drop);
    return Block.ofSequence(sequenceId, tokens);
  }

  private String missing(OpenSequence sequence) throws Exception {
    int position = 0;
    while (kept.contains(position)) {
      position++;
    }
    return "sequence ended after %d tokens, position %d is missing"
        .formatted(sequence.tokens(), position);
  }

  private void rejectAll(OpenSequence sequence, Reason reason, String detail, Context context)
      throws Exception {
    for (Token token : keptBeyond(-1, sequence)) {
      reject(token, reason, detail, context);
      keptTokens.drop(token);
    }
  }

  /**
   * What is kept beyond a position, in order. Looks at what is there and never at positions where
   * nothing may be, which can be billions.
   */
  private List<Token> keptBeyond(int position, OpenSequence sequence) throws Exception {
    List<Token> beyond = new ArrayList<>();
    if (position < sequence.highest()) {
      for (Token token : kept.values()) {
        if (token.position() > position) {
          beyond.add(token);
        }
      }
      beyond.sort(Comparator.comparingInt(Token::position));
    }
    return beyond;
  }

  private void reject(Token token, Reason reason, String detail, Context context) {
    deadLetters.emit(token, reason, detail, context::output);
  }

  private void forget(OpenSequence sequence, Context context) {
    keptTokens.end();
    open.clear();
    kept.clear();
    refusedPositions.clear();
    context.timerService().deleteEventTimeTimer(END_OF_INPUT);
    if (sequence.gapTimer() != GapClock.NO_TIMER) {
      gap.delete(sequence.gapTimer(), context.timerService());
    }
  }
}
