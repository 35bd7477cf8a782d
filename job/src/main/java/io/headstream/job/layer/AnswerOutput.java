package io.headstream.job.layer;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.deadletters.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Hands out the answers of a sequence, one record a token, with the counters of what was done. An
 * answer that is not finite is a dead letter, with the token as it came.
 */
public final class AnswerOutput {
  /** A source may read before the operators behind it are open, but not for longer than this. */
  private static final long START_MILLIS = 60_000;

  private final DeadLetterOutput deadLetters;
  private final LongCounter tokensAnswered;
  private final LongCounter sequencesDone;
  private final Counter tokens;
  private final Counter sequences;
  private final Histogram latencyMillis;
  private final long countsFromMillis = System.currentTimeMillis() - START_MILLIS;

  /**
   * Registers the metrics; once in an operator's {@code open}.
   *
   * @param headGroups how many parallel parts the heads are fanned out into
   */
  public AnswerOutput(RuntimeContext context, int headGroups) {
    deadLetters = new DeadLetterOutput(context);
    tokensAnswered = context.getLongCounter("tokens-answered");
    sequencesDone = context.getLongCounter("sequences-done");
    MetricGroup group = context.getMetricGroup().addGroup(LayerMetrics.GROUP);
    group.gauge("headGroups", () -> headGroups);
    group.gauge("kernel", MultiHeadAttention::kernel);
    tokens = group.counter("tokensAnswered");
    sequences = group.counter("sequencesCompleted");
    latencyMillis = LayerMetrics.histogram(group, "endToEndLatencyMillis");
  }

  /**
   * Hands out the answers of a whole sequence in order of position, and counts the sequence.
   *
   * @param asked the tokens as they came
   * @param answers {@code [asked.size(), modelDim]}, row-major; may be longer
   */
  public void emit(
      List<Token> asked,
      float[] answers,
      Collector<Token> out,
      BiConsumer<OutputTag<DeadLetter>, DeadLetter> sideOutput) {
    emitTokens(asked, answers, out, sideOutput);
    sequencesDone.add(1);
    sequences.inc();
  }

  /**
   * Hands out the answers of consecutive tokens, of a sequence that may go on.
   *
   * @param asked the tokens as they came
   * @param answers {@code [asked.size(), modelDim]}, row-major; may be longer
   */
  public void emitTokens(
      List<Token> asked,
      float[] answers,
      Collector<Token> out,
      BiConsumer<OutputTag<DeadLetter>, DeadLetter> sideOutput) {
    int answered = 0;
    for (int i = 0; i < asked.size(); i++) {
      Token token = asked.get(i);
      int modelDim = token.embedding().length;
      float[] answer = Arrays.copyOfRange(answers, i * modelDim, (i + 1) * modelDim);
      if (allFinite(answer)) {
        out.collect(token.withEmbedding(answer));
        answered++;
      } else {
        deadLetters.emit(token, Reason.NOT_FINITE, "answer", sideOutput);
      }
    }
    tokensAnswered.add(answered);
    tokens.inc(answered);
  }

  /**
   * Notes how long ago the token was read that made an answer possible: {@code
   * endToEndLatencyMillis}. Where a gap in event time ended the sequence, it is how long ago that
   * was by the records' timestamps; the age of what was recorded before the job began says nothing
   * and is left out.
   *
   * @param timestampMillis of the Flink record that was answered; null for none
   */
  public void measureLatency(Long timestampMillis) {
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
