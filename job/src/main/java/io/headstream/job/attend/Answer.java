package io.headstream.job.attend;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.observe.LayerMetrics;
import io.headstream.job.records.Block;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes records of the last layer's blocks, one a token, and counts what was done. An answer that
 * is not finite is a dead letter, with the token as it came.
 *
 * <p>{@code endToEndLatencyMillis} is how long ago the token was read that made an answer possible.
 * Where a gap in event time ended the sequence, it is how long ago that was by the records'
 * timestamps; the age of what was recorded before the job began says nothing and is left out.
 */
public final class Answer extends ProcessFunction<Block, Token> {
  private static final long serialVersionUID = 1L;

  /** A source may read before the operators behind it are open, but not for longer than this. */
  private static final long START_MILLIS = 60_000;

  private transient DeadLetterOutput deadLetters;
  private transient LongCounter tokensAnswered;
  private transient LongCounter sequencesDone;
  private transient Counter tokens;
  private transient Counter sequences;
  private transient Histogram latencyMillis;
  private transient long countsFromMillis;

  @Override
  public void open(OpenContext context) {
    deadLetters = new DeadLetterOutput(getRuntimeContext());
    tokensAnswered = getRuntimeContext().getLongCounter("tokens-answered");
    sequencesDone = getRuntimeContext().getLongCounter("sequences-done");
    MetricGroup group = getRuntimeContext().getMetricGroup().addGroup(LayerMetrics.GROUP);
    tokens = group.counter("tokensAnswered");
    sequences = group.counter("sequencesCompleted");
    latencyMillis = LayerMetrics.histogram(group, "endToEndLatencyMillis");
    countsFromMillis = System.currentTimeMillis() - START_MILLIS;
  }

  /**
   * Hands out a block's answers in order of position.
   *
   * @throws IllegalStateException if the block has not a token for each row
   */
  @Override
  public void processElement(Block block, Context context, Collector<Token> out) {
    List<Token> asked = block.tokens();
    if (asked.size() != block.rows()) {
      throw new IllegalStateException(
          "block at position %d of sequence %s has %d rows and %d tokens"
              .formatted(block.firstPosition(), block.sequenceId(), block.rows(), asked.size()));
    }
    int width = block.width();
    int answered = 0;
    for (int i = 0; i < asked.size(); i++) {
      float[] answer = Arrays.copyOfRange(block.values(), i * width, (i + 1) * width);
      if (allFinite(answer)) {
        out.collect(asked.get(i).withEmbedding(answer));
        answered++;
      } else {
        deadLetters.emit(asked.get(i), Reason.NOT_FINITE, "answer", context::output);
      }
    }
    tokensAnswered.add(answered);
    tokens.inc(answered);
    if (block.ends()) {
      sequencesDone.add(1);
      sequences.inc();
    }
    if (block.rows() > 0) {
      measureLatency(context.timestamp());
    }
  }

  private void measureLatency(Long timestampMillis) {
    if (timestampMillis != null && timestampMillis >= countsFromMillis) {
      long latency = System.currentTimeMillis() - timestampMillis;
      if (latency >= 0) { // the end of an input is far in the future
        latencyMillis.update(latency);
      }
    }
  }

  /**
   * An exponent of all ones, with one more in its lowest bit, carries into the sign. Unlike a sum
   * of floats this needs no order, so that C2 makes vectors of it.
   */
  private static boolean allFinite(float[] values) {
    int signs = 0;
    for (float value : values) {
      signs |= (Float.floatToRawIntBits(value) & Integer.MAX_VALUE) + (1 << 23);
    }
    return signs >= 0;
  }
}
