package io.headstream.job.heads;

import io.headstream.job.layer.SharedLayers;
import io.headstream.job.records.HeadBlock;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.HeadResult;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Answers tokens with one head group's own heads, up to the concatenation (section 3.2.2), from the
 * keys and values that are kept for their sequence. Keyed by {@link HeadKey}.
 */
public final class AttendTokens extends KeyedProcessFunction<HeadKey, HeadBlock, HeadResult> {
  private static final long serialVersionUID = 1L;

  private final TokenSettings settings;

  private transient SharedLayers.Lease lease;
  private transient IncrementalAttention attention;

  /** Attention of one head group, token by token. */
  public AttendTokens(TokenSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = settings.weights().acquire(getRuntimeContext());
    attention = new IncrementalAttention(getRuntimeContext(), lease.layer(), settings);
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement(HeadBlock block, Context context, Collector<HeadResult> out)
      throws Exception {
    HeadKey key = block.key();
    int first = block.firstPosition();
    float[] columns = attention.attend(key, first, block.embeddings(), block.ends());
    if (columns.length > 0) {
      // Each block is answered by itself: as far as the gather knows, the sequence ends with it.
      int reaches = first + block.embeddings().length / lease.layer().modelDim();
      out.collect(new HeadResult(key.sequenceId(), key.group(), reaches, first, columns));
    }
  }
}
