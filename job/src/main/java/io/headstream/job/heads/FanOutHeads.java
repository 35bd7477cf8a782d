package io.headstream.job.heads;

import io.headstream.job.records.HeadTask;
import io.headstream.job.records.SequenceChunk;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes one {@link HeadTask} for each head group of each chunk of a completed sequence. */
public final class FanOutHeads implements FlatMapFunction<SequenceChunk, HeadTask> {
  private static final long serialVersionUID = 1L;

  private final int groups;
  private final HeadRouting routing;

  /**
   * A fan-out.
   *
   * @param groups head groups
   * @param maxParallelism Flink's maximum parallelism of the operator that takes the tasks
   */
  public FanOutHeads(int groups, int maxParallelism) {
    this.groups = groups;
    this.routing = new HeadRouting(groups, maxParallelism);
  }

  @Override
  public void flatMap(SequenceChunk chunk, Collector<HeadTask> out) {
    float[] embeddings = chunk.embeddings();
    for (int group = 0; group < groups; group++) {
      out.collect(
          new HeadTask(
              routing.key(chunk.sequenceId(), group),
              chunk.sequenceLength(),
              chunk.firstPosition(),
              embeddings));
    }
  }
}
