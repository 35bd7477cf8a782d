package io.headstream.job.sequences;

import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Cuts a completed sequence into chunks that travel well: a record of more than 5 MiB would be
 * spilled to disk by the task that receives it.
 */
public final class CutSequences implements FlatMapFunction<SequenceChunk, SequenceChunk> {
  private static final long serialVersionUID = 1L;

  private final int tokensPerChunk;

  /**
   * A cutter.
   *
   * @param tokensPerChunk most tokens of a chunk, at least 1
   */
  public CutSequences(int tokensPerChunk) {
    this.tokensPerChunk = tokensPerChunk;
  }

  @Override
  public void flatMap(SequenceChunk sequence, Collector<SequenceChunk> out) {
    List<Token> tokens = sequence.tokens();
    if (tokens.size() <= tokensPerChunk) {
      out.collect(sequence);
      return;
    }
    for (int from = 0; from < tokens.size(); from += tokensPerChunk) {
      int to = Math.min(tokens.size(), from + tokensPerChunk);
      out.collect(
          new SequenceChunk(
              sequence.sequenceId(),
              sequence.sequenceLength(),
              List.copyOf(tokens.subList(from, to))));
    }
  }
}
