package io.headstream.job.heads;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Workspace;
import io.headstream.job.layer.AnswerOutput;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.records.TokenBlock;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/**
 * The whole layer in one place, token by token, for one head group: nothing is fanned out, so
 * nothing has to be gathered. Keyed by the {@link HeadKey} of group 0.
 */
public final class AttendTokensInOnePlace extends TokenAttention<TokenBlock, Token> {
  private static final long serialVersionUID = 1L;

  private transient AnswerOutput answers;
  private transient AttentionOptions buffers;

  /** The layer, token by token. */
  public AttendTokensInOnePlace(TokenSettings settings) {
    super(settings);
  }

  /**
   * The key of the only head group. Its route is the sequence ID's own hash, so that it belongs
   * where the sequence is.
   */
  public static HeadKey key(TokenBlock block) {
    return new HeadKey(block.sequenceId(), 0, block.sequenceId().hashCode());
  }

  @Override
  public void open(OpenContext context) throws Exception {
    super.open(context);
    answers = new AnswerOutput(getRuntimeContext(), 1);
    buffers = AttentionOptions.defaults().withWorkspace(new Workspace());
  }

  @Override
  public void processElement(TokenBlock block, Context context, Collector<Token> out)
      throws Exception {
    float[] concatenated =
        attention()
            .attend(
                context.getCurrentKey(),
                block.firstPosition(),
                block.embeddings(),
                block.ends(),
                context::output);
    int rows = block.tokens().size();
    if (rows > 0) {
      float[] answer = new float[concatenated.length];
      layer().projectOutput(rows, concatenated, 0, answer, 0, buffers);
      answers.emitTokens(block.tokens(), answer, out, context::output);
      answers.measureLatency(context.timestamp());
    }
  }
}
