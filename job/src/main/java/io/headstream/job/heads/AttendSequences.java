package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.layer.AttendOptions;
import io.headstream.job.layer.AttentionSample;
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
  private final AttentionSample sample;

  private transient SharedLayers.Lease lease;
  private transient AnswerOutput answers;
  private transient AttentionMaps maps; // null where nothing is sampled
  private transient LayerMetrics metrics;
  private transient AttentionOptions common;
  private transient float[] embeddings; // [sequenceLength, modelDim] of the longest so far
  private transient float[] answer;

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
    metrics = new LayerMetrics(getRuntimeContext());
    common = options.with(new Workspace());
    embeddings = new float[0];
    answer = new float[0];
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
    int length = sequence.sequenceLength();
    int size = Math.multiplyExact(length, layer.modelDim());
    if (answer.length < size) {
      embeddings = new float[size];
      answer = new float[size];
    }
    sequence.copyEmbeddings(layer.modelDim(), embeddings);
    AttentionOptions own = options.forSequence(sequence.sequenceId(), common);
    layer.attend(1, length, embeddings, 0, answer, 0, own);
    metrics.attended(0, length, start);
    answers.emit(sequence.tokens(), answer, out, context::output);
    answers.measureLatency(context.timestamp());
    if (maps != null && maps.wants(sequence.sequenceId())) {
      String[] labels = sequence.tokens().stream().map(Token::label).toArray(String[]::new);
      maps.emit(sequence.sequenceId(), labels, layer, 0, 1, embeddings, context::output);
    }
  }
}
