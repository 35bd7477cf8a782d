package io.headstream.job.observe;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;

/**
 * The side output for dead letters of one operator, with its counters: {@code
 * attention.reason.REASON.deadLetters} for dashboards, the accumulator {@code dead-letters} for the
 * job's summary.
 */
public final class DeadLetterOutput {

  /** The side output that every stage uses. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  private final Map<Reason, Counter> byReason = new EnumMap<>(Reason.class);
  private final LongCounter all;

  /** Registers the counters; once in an operator's {@code open}. */
  public DeadLetterOutput(RuntimeContext context) {
    MetricGroup group = context.getMetricGroup().addGroup("attention");
    for (Reason reason : Reason.values()) {
      byReason.put(reason, group.addGroup("reason", reason.name()).counter("deadLetters"));
    }
    // Operators of one task share their accumulators, so this gets what another has made.
    all = context.getLongCounter("dead-letters");
  }

  /** Counts a dead letter and hands it to the operator's side output. */
  public void emit(DeadLetter letter, BiConsumer<OutputTag<DeadLetter>, DeadLetter> output) {
    byReason.get(letter.reason()).inc();
    all.add(1);
    output.accept(TAG, letter);
  }

  /** The same for a token. */
  public void emit(
      Token token,
      Reason reason,
      String detail,
      BiConsumer<OutputTag<DeadLetter>, DeadLetter> output) {
    emit(new DeadLetter(reason, detail, token), output);
  }
}
