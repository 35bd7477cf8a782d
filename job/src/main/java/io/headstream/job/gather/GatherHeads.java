package io.headstream.job.gather;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.layer.LayerWeights;
import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.HeadResult;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Joins the columns of all head groups of a sequence, projects them with W_o (section 3.2.2) and
 * answers the tokens, which came here straight from the collector. Keyed by sequence ID.
 *
 * <p>What comes from one sender for one ID comes in order. So there is a queue for each head group
 * and one for the tokens, and when every queue has a whole sequence at its head, those belong
 * together: an ID that is used again needs no number, and nothing is kept when the queues are
 * empty.
 */
public final class GatherHeads
    extends KeyedCoProcessFunction<String, HeadResult, SequenceChunk, Token> {
  private static final long serialVersionUID = 1L;

  private final LayerWeights weights;
  private final int groups;
  private final boolean wholeSequences;

  private transient SharedLayers.Lease lease;
  private transient AnswerOutput answers;
  private transient AttentionOptions buffers;
  private transient PieceQueues<HeadResult> results;
  private transient PieceQueues<SequenceChunk> sequences;
  private transient float[] concatenated; // [tokens, modelDim] of the longest so far
  private transient float[] answer;

  /**
   * A gather.
   *
   * @param weights the layer's weights, for W_o
   * @param groups head groups
   * @param wholeSequences whether what comes as a sequence is one, and not the next tokens of one
   */
  public GatherHeads(LayerWeights weights, int groups, boolean wholeSequences) {
    this.weights = weights;
    this.groups = groups;
    this.wholeSequences = wholeSequences;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = weights.acquire(getRuntimeContext());
    answers = new AnswerOutput(getRuntimeContext(), groups);
    buffers = AttentionOptions.defaults().withWorkspace(new Workspace());
    concatenated = new float[0];
    answer = new float[0];
    int width = lease.layer().modelDim() / groups;
    results =
        new PieceQueues<>(
            getRuntimeContext(),
            "results",
            groups,
            TypeInformation.of(HeadResult.class),
            result -> result.endsSequence(width));
    sequences =
        new PieceQueues<>(
            getRuntimeContext(),
            "sequences",
            1,
            TypeInformation.of(SequenceChunk.class),
            SequenceChunk::endsSequence);
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement1(HeadResult result, Context context, Collector<Token> out)
      throws Exception {
    results.add(result.group(), result);
    answerIfComplete(context, out);
  }

  @Override
  public void processElement2(SequenceChunk chunk, Context context, Collector<Token> out)
      throws Exception {
    sequences.add(0, chunk);
    answerIfComplete(context, out);
  }

  private void answerIfComplete(Context context, Collector<Token> out) throws Exception {
    if (!sequences.allHaveASequence() || !results.allHaveASequence()) {
      return;
    }
    List<Token> tokens = new ArrayList<>();
    for (SequenceChunk chunk : sequences.poll(0)) {
      tokens.addAll(chunk.tokens());
    }
    MultiHeadAttention layer = lease.layer();
    int size = Math.multiplyExact(tokens.size(), layer.modelDim());
    if (answer.length < size) {
      concatenated = new float[size];
      answer = new float[size];
    }
    for (int group = 0; group < groups; group++) {
      for (HeadResult result : results.poll(group)) {
        int row = result.firstPosition() - tokens.get(0).position();
        place(result, row, layer.modelDim());
      }
    }
    layer.projectOutput(tokens.size(), concatenated, 0, answer, 0, buffers);
    if (wholeSequences) {
      answers.emit(tokens, answer, out, context::output);
    } else {
      answers.emitTokens(tokens, answer, out, context::output);
    }
    answers.measureLatency(context.timestamp());
  }

  /** Writes a group's own columns; no group ever writes another's. */
  private void place(HeadResult result, int firstRow, int modelDim) {
    int width = modelDim / groups;
    int rows = result.columns().length / width;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          result.columns(),
          row * width,
          concatenated,
          (firstRow + row) * modelDim + result.group() * width,
          width);
    }
  }
}
