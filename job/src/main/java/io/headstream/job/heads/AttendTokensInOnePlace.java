package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The whole layer in one place, token by token, for one head group: nothing is fanned out, so
 * nothing has to be gathered. Keyed by the {@link HeadKey} of group 0.
 */
public final class AttendTokensInOnePlace extends KeyedProcessFunction<HeadKey, TokenBlock, Token> {
  private static final long serialVersionUID = 1L;

  private final TokenSettings settings;

  private transient SharedLayers.Lease lease;
  private transient IncrementalAttention attention;
  private transient AnswerOutput answers;

  /** The layer, token by token. */
  public AttendTokensInOnePlace(TokenSettings settings) {
    this.settings = settings;
  }

  /**
   * The key of the only head group. Its route is the sequence ID's own hash, so that it belongs
   * where the sequence is.
   */
  public static HeadKey key(TokenBlock block) {
    return new HeadKey(block.sequenceId(), 0, block.sequenceId().hashCode());
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = settings.weights().acquire(getRuntimeContext());
    attention = new IncrementalAttention(getRuntimeContext(), lease.layer(), settings);
    answers = new AnswerOutput(getRuntimeContext(), 1);
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement(TokenBlock block, Context context, Collector<Token> out)
      throws Exception {
    float[] concatenated =
        attention.attend(
            context.getCurrentKey(), block.firstPosition(), block.embeddings(), block.ends());
    int rows = block.tokens().size();
    if (rows > 0) {
      MultiHeadAttention layer = lease.layer();
      float[] answer = new float[concatenated.length];
      layer.projectOutput(rows, concatenated, 0, answer, 0, AttentionOptions.defaults());
      answers.emitTokens(block.tokens(), answer, out, context::output);
    }
  }
}
