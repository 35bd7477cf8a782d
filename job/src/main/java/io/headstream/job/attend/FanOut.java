package io.headstream.job.attend;

import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Makes of each block one for each head group. They share the rows; of the tokens only the labels
 * go along, and only where pictures of the attention are asked for.
 */
public final class FanOut implements FlatMapFunction<Block, Block> {
  private static final long serialVersionUID = 1L;

  private final int groups;
  private final HeadRouting routing;
  private final AttentionSample sample;

  /**
   * A fan-out.
   *
   * @param groups head groups
   * @param maxParallelism Flink's maximum parallelism of the operator that takes the blocks
   * @param sample of which sequences the labels go along
   */
  public FanOut(int groups, int maxParallelism, AttentionSample sample) {
    this.groups = groups;
    this.sample = sample;
    this.routing = new HeadRouting(groups, maxParallelism);
  }

  @Override
  public void flatMap(Block block, Collector<Block> out) {
    Block ofGroups = block.withTokens(labels(block));
    for (int group = 0; group < groups; group++) {
      out.collect(ofGroups.with(routing.key(block.sequenceId(), group), block.values()));
    }
  }

  private List<Token> labels(Block block) {
    List<Token> tokens = block.tokens();
    boolean asked = !sample.isNone() && sample.contains(block.sequenceId());
    return asked && tokens.stream().anyMatch(token -> token.label() != null)
        ? tokens.stream().map(Token::labelAlone).toList()
        : List.of();
  }
}
