package io.headstream.job.heads;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.LayerMetrics;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The whole layer in one place, for one head group: nothing is fanned out, so nothing has to be
 * gathered. Takes whole sequences.
 */
public final class AttendSequences extends ProcessFunction<SequenceChunk, Token> {
  private static final long serialVersionUID = 1L;

  private final LayerWeights weights;
  private final AttendOptions options;

  private transient SharedLayers.Lease lease;
  private transient AnswerOutput answers;
  private transient LayerMetrics metrics;

  /**
   * The layer.
   *
   * @param weights its weights
   * @param options mask and dropout
   */
  public AttendSequences(LayerWeights weights, AttendOptions options) {
    this.weights = weights;
    this.options = options;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = weights.acquire(getRuntimeContext());
    answers = new AnswerOutput(getRuntimeContext(), 1);
    metrics = new LayerMetrics(getRuntimeContext());
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement(SequenceChunk sequence, Context context, Collector<Token> out) {
    MultiHeadAttention layer = lease.layer();
    long start = System.nanoTime();
    float[] answer =
        layer.attend(
            1,
            sequence.sequenceLength(),
            sequence.embeddings(),
            options.forSequence(sequence.sequenceId()));
    metrics.attended(0, sequence.sequenceLength(), start);
    answers.emit(sequence.tokens(), answer, out, context::output);
    answers.measureLatency(context.timestamp());
  }
}
