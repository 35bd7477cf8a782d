package io.headstream.job.sequences;

import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Hands on the tokens of a sequence in the order of their timestamps, each once the watermark has
 * passed it. Keyed by sequence ID.
 *
 * <p>So where a session gap lies does not depend on the order in which tokens came, from however
 * many files or partitions, as long as none is behind the watermark. One that is goes on at once.
 *
 * <p>At most {@code maxWaiting} tokens of an ID wait. With one more the oldest half goes on before
 * its time: what is kept stays bounded, and nothing is lost but the promise of order.
 */
public final class EventTimeOrder extends KeyedProcessFunction<String, Token, Token>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Among tokens of one moment; the source tells those of one position apart. */
  private static final Comparator<Token> OF_ONE_MOMENT =
      Comparator.comparingInt(Token::position).thenComparing(Token::source);

  private final int maxWaiting;

  private transient MapState<Long, List<Token>> waiting; // by timestamp
  private transient ValueState<Integer> count;
  private transient KeptTokens keptTokens;

  /**
   * Puts tokens in order of time.
   *
   * @param maxWaiting most tokens of an ID that wait for the watermark, at least 1
   */
  public EventTimeOrder(int maxWaiting) {
    this.maxWaiting = maxWaiting;
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
    keptTokens.registerBytes(getRuntimeContext().getMetricGroup().addGroup("attention"));
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting", Types.LONG, Types.LIST(TypeInformation.of(Token.class))));
    count = getRuntimeContext().getState(new ValueStateDescriptor<>("waiting-count", Types.INT));
  }

  @Override
  public void processElement(Token token, Context context, Collector<Token> out) throws Exception {
    Long timestamp = token.timestamp();
    if (timestamp == null) {
      throw new IllegalArgumentException(
          "token %d of sequence '%s' has no timestamp, which event time needs"
              .formatted(token.position(), token.sequenceId()));
    }
    TimerService timers = context.timerService();
    if (timestamp <= timers.currentWatermark()) {
      out.collect(token);
      return;
    }
    List<Token> moment = waiting.get(timestamp);
    moment = moment == null ? new ArrayList<>() : new ArrayList<>(moment);
    moment.add(token);
    waiting.put(timestamp, moment);
    keptTokens.keep(token);
    timers.registerEventTimeTimer(timestamp);
    Integer before = count.value();
    int now = before == null ? 1 : before + 1;
    count.update(now);
    if (now > maxWaiting) {
      releaseOldest((now + 1) / 2, timers, out);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Token> out)
      throws Exception {
    release(timestamp, out);
  }

  private void releaseOldest(int tokens, TimerService timers, Collector<Token> out)
      throws Exception {
    List<Long> moments = new ArrayList<>();
    waiting.keys().forEach(moments::add);
    Collections.sort(moments);
    int released = 0;
    for (int i = 0; released < tokens; i++) {
      timers.deleteEventTimeTimer(moments.get(i));
      released += release(moments.get(i), out);
    }
  }

  /** Hands on the tokens of one moment; how many they are. */
  private int release(long timestamp, Collector<Token> out) throws Exception {
    List<Token> moment = new ArrayList<>(waiting.get(timestamp));
    waiting.remove(timestamp);
    int left = count.value() - moment.size();
    if (left == 0) {
      count.clear();
    } else {
      count.update(left);
    }
    moment.sort(OF_ONE_MOMENT);
    moment.forEach(keptTokens::drop);
    moment.forEach(out::collect);
    return moment.size();
  }
}
