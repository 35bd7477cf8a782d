package io.headstream.job.heads;

import io.headstream.job.layer.AttentionSample;
import io.headstream.job.records.HeadTask;
import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes one {@link HeadTask} for each head group of each chunk of a completed sequence. */
public final class FanOutHeads implements FlatMapFunction<SequenceChunk, HeadTask> {
  private static final long serialVersionUID = 1L;

  private final int groups;
  private final HeadRouting routing;
  private final AttentionSample sample;

  /**
   * A fan-out.
   *
   * @param groups head groups
   * @param maxParallelism Flink's maximum parallelism of the operator that takes the tasks
   * @param sample of which sequences the labels go along
   */
  public FanOutHeads(int groups, int maxParallelism, AttentionSample sample) {
    this.groups = groups;
    this.sample = sample;
    this.routing = new HeadRouting(groups, maxParallelism);
  }

  @Override
  public void flatMap(SequenceChunk chunk, Collector<HeadTask> out) {
    float[] embeddings = chunk.embeddings();
    List<String> labels = sample.contains(chunk.sequenceId()) ? labels(chunk) : List.of();
    for (int group = 0; group < groups; group++) {
      out.collect(
          new HeadTask(
              routing.key(chunk.sequenceId(), group),
              chunk.sequenceLength(),
              chunk.firstPosition(),
              embeddings,
              labels));
    }
  }

  private static List<String> labels(SequenceChunk chunk) {
    boolean labelled = chunk.tokens().stream().anyMatch(token -> token.label() != null);
    return labelled ? chunk.tokens().stream().map(Token::label).toList() : List.of();
  }
}
