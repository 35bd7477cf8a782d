package io.headstream.job.heads;

import io.headstream.job.records.HeadBlock;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.HeadResult;
import org.apache.flink.util.Collector;

/**
 * Answers tokens with one head group's own heads, up to the concatenation (section 3.2.2), from the
 * keys and values that are kept for their sequence. Keyed by {@link HeadKey}.
 */
public final class AttendTokens extends TokenAttention<HeadBlock, HeadResult> {
  private static final long serialVersionUID = 1L;

  /** Attention of one head group, token by token. */
  public AttendTokens(TokenSettings settings) {
    super(settings);
  }

  @Override
  public void processElement(HeadBlock block, Context context, Collector<HeadResult> out)
      throws Exception {
    HeadKey key = block.key();
    int first = block.firstPosition();
    float[] columns =
        attention().attend(key, first, block.embeddings(), block.ends(), context::output);
    if (columns.length > 0) {
      // Each block is answered by itself: as far as the gather knows, the sequence ends with it.
      int reaches = first + block.embeddings().length / layer().modelDim();
      out.collect(new HeadResult(key.sequenceId(), key.group(), reaches, first, columns));
    }
  }
}
