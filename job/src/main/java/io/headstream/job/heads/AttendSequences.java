package io.headstream.job.heads;

import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
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
  private final AttentionSample sample;

  private transient SharedLayers.Lease lease;
  private transient AnswerOutput answers;
  private transient AttentionMaps maps; // null where nothing is sampled

  /**
   * The layer.
   *
   * @param weights its weights
   * @param options mask and dropout
   * @param sample of which sequences the attention maps go to {@link AttentionMaps#TAG}
   */
  public AttendSequences(LayerWeights weights, AttendOptions options, AttentionSample sample) {
    this.weights = weights;
    this.options = options;
    this.sample = sample;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = weights.acquire(getRuntimeContext());
    answers = new AnswerOutput(getRuntimeContext(), 1);
    if (!sample.isNone()) {
      maps = new AttentionMaps(getRuntimeContext(), sample, options);
    }
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
    float[] embeddings = sequence.embeddings();
    float[] answer =
        layer.attend(
            1, sequence.sequenceLength(), embeddings, options.forSequence(sequence.sequenceId()));
    answers.emit(sequence.tokens(), answer, out, context::output);
    if (maps != null && maps.wants(sequence.sequenceId())) {
      String[] labels = sequence.tokens().stream().map(Token::label).toArray(String[]::new);
      maps.emit(sequence.sequenceId(), labels, layer, 0, 1, embeddings, context::output);
    }
  }
}
