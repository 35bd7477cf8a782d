package io.headstream.job.attend;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Workspace;
import io.headstream.job.records.Block;
import io.headstream.job.records.HeadKey;
import io.headstream.job.records.Token;
import io.headstream.job.weights.LayerWeights;
import io.headstream.job.weights.SharedLayers;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Joins the columns of all head groups and projects them with W_o (section 3.2.2): a block for each
 * block that was fanned out, with the same positions.
 *
 * <p>Keyed by sequence ID. What comes from one sender for one ID comes in order. So there is a
 * queue for each head group, and one for the tokens where they come on their own branch; the heads
 * of all queues belong together. An ID that is used again needs no number, and nothing is kept when
 * the queues are empty. Where one head group is all there is, nothing has to be joined, and the
 * stream need not be keyed.
 */
public final class Gather extends ProcessFunction<Block, Block> {
  private static final long serialVersionUID = 1L;

  private final LayerWeights weights;
  private final int groups;
  private final boolean tokensApart;

  private transient SharedLayers.Lease lease;
  private transient AttentionOptions buffers;
  private transient BlockQueues queues; // null where nothing has to be joined
  private transient float[] concatenated; // [rows, modelDim] of the longest so far

  /**
   * A gather.
   *
   * @param weights the layer's weights, for W_o
   * @param groups head groups
   * @param tokensApart whether the tokens come on their own branch
   */
  public Gather(LayerWeights weights, int groups, boolean tokensApart) {
    this.weights = weights;
    this.groups = groups;
    this.tokensApart = tokensApart;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    lease = weights.acquire(getRuntimeContext());
    buffers = AttentionOptions.defaults().withWorkspace(new Workspace());
    concatenated = new float[0];
    int count = tokensApart ? groups + 1 : groups;
    queues = count == 1 ? null : new BlockQueues(getRuntimeContext(), count);
  }

  @Override
  public void close() {
    if (lease != null) {
      lease.close();
    }
  }

  @Override
  public void processElement(Block block, Context context, Collector<Block> out) throws Exception {
    if (queues == null) {
      out.collect(project(block, block.values(), block.tokens()));
      return;
    }
    int group = block.key().group();
    Block[] parts = queues.join(group == HeadKey.TOKENS ? groups : group, block);
    if (parts != null) {
      List<Token> tokens = parts[parts.length - 1].tokens();
      out.collect(project(parts[0], concatenate(parts), tokensApart ? tokens : parts[0].tokens()));
    }
  }

  /** Each group's own columns beside one another; no group ever writes another's. */
  private float[] concatenate(Block[] parts) {
    int modelDim = lease.layer().modelDim();
    int width = modelDim / groups;
    int rows = parts[0].rows();
    int size = Math.multiplyExact(rows, modelDim);
    if (concatenated.length < size) {
      concatenated = new float[size];
    }
    for (int group = 0; group < groups; group++) {
      float[] columns = parts[group].values();
      for (int row = 0; row < rows; row++) {
        int to = row * modelDim + group * width;
        System.arraycopy(columns, row * width, concatenated, to, width);
      }
    }
    return concatenated;
  }

  private Block project(Block positions, float[] heads, List<Token> tokens) {
    MultiHeadAttention layer = lease.layer();
    int rows = positions.rows();
    float[] answer = new float[Math.multiplyExact(rows, layer.modelDim())];
    if (rows > 0) {
      layer.projectOutput(rows, heads, 0, answer, 0, buffers);
    }
    HeadKey key = HeadKey.ofSequence(positions.sequenceId());
    return positions.withTokens(tokens).with(key, answer);
  }
}
