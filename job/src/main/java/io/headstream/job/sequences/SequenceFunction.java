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
 * What becomes of the tokens of a sequence from its first one to its end, whatever is handed on
 * meanwhile. Keyed by sequence ID.
 *
 * <p>Tokens are kept by position in keyed state until a subclass hands them on. A sequence ends
 * when it is complete, when no token came for the session gap, and when a bounded input ends.
 * However it ended, it leaves neither state nor timer, and its ID may be used again.
 */
abstract class SequenceFunction extends KeyedProcessFunction<String, Token, Block>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private static final long NOT_YET = Long.MIN_VALUE;

  /** The last watermark of a bounded input fires it. */
  private static final long END_OF_INPUT = Long.MAX_VALUE;

  private final int modelDim;
  private final GapClock gap;

  private transient ValueState<OpenSequence> open;
  private transient MapState<Integer, Token> kept;
  private transient long runningSince;
  private transient KeptTokens keptTokens;
  private transient DeadLetterOutput deadLetters;
  private transient Counter duplicateTokens;
  private transient LongCounter duplicatesDropped;

  SequenceFunction(int modelDim, GapClock gap) {
    this.modelDim = modelDim;
    this.gap = gap;
  }

  /** The position of a token that comes without one. */
  abstract int positionOnArrival(OpenSequence sequence);

  /**
   * Takes a token that contradicts nothing: keeps it, hands it on or sets it aside, and then either
   * {@linkplain #update updates} the sequence or {@linkplain #forget forgets} it.
   *
   * @param present what is kept at the token's position; null for nothing
   */
  abstract void take(
      Token token, Token present, OpenSequence sequence, Context context, Collector<Block> out)
      throws Exception;

  /** Ends and forgets a sequence of which the last token may be missing. */
  abstract void end(OpenSequence sequence, Context context, Collector<Block> out) throws Exception;

  @Override
  public final void initializeState(FunctionInitializationContext context) throws Exception {
    keptTokens = new KeptTokens(context.getOperatorStateStore());
  }

  @Override
  public final void snapshotState(FunctionSnapshotContext context) throws Exception {
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
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    MetricGroup group = metrics();
    keptTokens.register(group);
    duplicateTokens = group.counter("duplicatesDropped");
    duplicatesDropped = getRuntimeContext().getLongCounter("duplicates-dropped");
  }

  final MetricGroup metrics() {
    return getRuntimeContext().getMetricGroup().addGroup("attention");
  }

  @Override
  public final void processElement(Token arrived, Context context, Collector<Block> out)
      throws Exception {
    if (arrived.embedding().length != modelDim) {
      // What the program reads is checked there; in other pipelines tokens may be anything.
      String detail =
          "embedding has %d numbers, model-dim is %d"
              .formatted(arrived.embedding().length, modelDim);
      reject(arrived, Reason.WRONG_DIMENSION, detail, context);
      return;
    }
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
    OpenSequence sequence = noteArrival(arrived, before, context);
    Token token =
        arrived.position() == Token.ON_ARRIVAL
            ? arrived.withPosition(positionOnArrival(sequence))
            : arrived;
    // Beyond the highest position nothing is kept, which spares RocksDB a look.
    Token present = token.position() > sequence.highest() ? null : kept.get(token.position());
    String conflict = conflict(token, present, sequence.last());
    if (conflict != null) {
      reject(token, Reason.CONFLICT, conflict, context);
      update(sequence);
    } else {
      take(token, present, sequence, context, out);
    }
  }

  @Override
  public final void onTimer(long timestamp, OnTimerContext context, Collector<Block> out)
      throws Exception {
    OpenSequence sequence = open.value();
    if (timestamp != END_OF_INPUT) {
      long end = gap.endAfter(sequence.lastArrival(), runningSince(context));
      if (end > timestamp) { // tokens have come since the timer was set, or the job stood still
        gap.register(end, context.timerService());
        update(sequence.seenAt(sequence.lastArrival(), end));
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

  /** What the token contradicts, or null. */
  private static String conflict(Token token, Token present, int last) {
    int position = token.position();
    if (last != OpenSequence.UNKNOWN && position > last) {
      return "position %d is beyond the last one, %d".formatted(position, last);
    }
    if (last != OpenSequence.UNKNOWN && token.last() && position != last) {
      return "position %d says last, as %d did before".formatted(position, last);
    }
    if (present != null && !Arrays.equals(present.embedding(), token.embedding())) {
      return "position %d came before with another embedding".formatted(position);
    }
    return null;
  }

  /** The sequence with what the token says of its end, beyond which nothing stays. */
  final OpenSequence noteLast(Token token, OpenSequence sequence, Context context)
      throws Exception {
    int last = token.position();
    if (!token.last() || last == sequence.last()) {
      return sequence;
    }
    long still = sequence.tokens();
    for (Token beyond : keptBeyond(last, sequence)) {
      String detail = "position %d is beyond the last one, %d".formatted(beyond.position(), last);
      reject(beyond, Reason.CONFLICT, detail, context);
      remove(beyond);
      still--;
    }
    return sequence.endingAt(last, still);
  }

  /** Counts a repetition, of which nothing but its {@code last} is of interest. */
  final void dropDuplicate(Token token, Token present) throws Exception {
    duplicateTokens.inc();
    duplicatesDropped.add(1);
    if (token.last()) {
      kept.put(token.position(), present.withLast(true));
    }
  }

  /** The token that is kept at a position, or null. */
  final Token kept(int position) throws Exception {
    return kept.get(position);
  }

  final void keep(Token token) throws Exception {
    kept.put(token.position(), token);
    keptTokens.keep(token);
  }

  final void remove(Token token) throws Exception {
    kept.remove(token.position());
    keptTokens.drop(token);
  }

  /** All that is kept, in order of position, and kept no more. */
  final List<Token> removeAll(OpenSequence sequence) throws Exception {
    List<Token> tokens = keptBeyond(OpenSequence.UNKNOWN, sequence);
    tokens.forEach(keptTokens::drop);
    if (!tokens.isEmpty()) {
      kept.clear();
    }
    return tokens;
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

  final void reject(Token token, Reason reason, String detail, Context context) {
    deadLetters.emit(token, reason, detail, context::output);
  }

  final void update(OpenSequence sequence) throws Exception {
    open.update(sequence);
  }

  /** Leaves nothing of a sequence of which no token is kept any more. */
  void forget(OpenSequence sequence, Context context) throws Exception {
    keptTokens.end();
    open.clear();
    context.timerService().deleteEventTimeTimer(END_OF_INPUT);
    if (sequence.gapTimer() != GapClock.NO_TIMER) {
      gap.delete(sequence.gapTimer(), context.timerService());
    }
  }
}
