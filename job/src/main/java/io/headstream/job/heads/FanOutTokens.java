package io.headstream.job.heads;

import io.headstream.job.records.HeadBlock;
import io.headstream.job.records.TokenBlock;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes one {@link HeadBlock} for each head group of each block of tokens. */
public final class FanOutTokens implements FlatMapFunction<TokenBlock, HeadBlock> {
  private static final long serialVersionUID = 1L;

  private final int groups;
  private final HeadRouting routing;

  /**
   * A fan-out.
   *
   * @param groups head groups
   * @param maxParallelism Flink's maximum parallelism of the operator that takes the blocks
   */
  public FanOutTokens(int groups, int maxParallelism) {
    this.groups = groups;
    this.routing = new HeadRouting(groups, maxParallelism);
  }

  @Override
  public void flatMap(TokenBlock block, Collector<HeadBlock> out) {
    float[] embeddings = block.embeddings();
    for (int group = 0; group < groups; group++) {
      out.collect(
          new HeadBlock(
              routing.key(block.sequenceId(), group),
              block.firstPosition(),
              embeddings,
              block.ends()));
    }
  }
}
