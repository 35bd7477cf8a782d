package io.headstream.job.sequences;

import io.headstream.job.records.SequenceChunk;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Cuts a completed sequence into chunks that travel well: a record of more than 5 MiB would be
 * spilled to disk by the task that receives it. Labels count as well as embeddings.
 */
public final class CutSequences implements FlatMapFunction<SequenceChunk, SequenceChunk> {
  private static final long serialVersionUID = 1L;

  /** Position, flags and lengths of a token, rounded up. */
  private static final int TOKEN_BYTES = 32;

  private static final int MOST_BYTES_PER_CHARACTER = 3;

  private final int tokensPerChunk;
  private final long bytesPerChunk;

  /**
   * A cutter.
   *
   * @param tokensPerChunk most tokens of a chunk, at least 1
   * @param bytesPerChunk most bytes of a chunk, unless it is a single token
   */
  public CutSequences(int tokensPerChunk, long bytesPerChunk) {
    this.tokensPerChunk = tokensPerChunk;
    this.bytesPerChunk = bytesPerChunk;
  }

  @Override
  public void flatMap(SequenceChunk sequence, Collector<SequenceChunk> out) {
    List<Token> tokens = sequence.tokens();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < tokens.size(); i++) {
      long more = mostBytes(tokens.get(i));
      if (i > from && (i - from == tokensPerChunk || bytes + more > bytesPerChunk)) {
        out.collect(chunk(sequence, from, i));
        from = i;
        bytes = 0;
      }
      bytes += more;
    }
    out.collect(from == 0 ? sequence : chunk(sequence, from, tokens.size()));
  }

  private static SequenceChunk chunk(SequenceChunk sequence, int from, int to) {
    List<Token> tokens = List.copyOf(sequence.tokens().subList(from, to));
    return new SequenceChunk(sequence.sequenceId(), sequence.sequenceLength(), tokens);
  }

  private static long mostBytes(Token token) {
    long characters = token.source().length();
    if (token.label() != null) {
      characters += token.label().length();
    }
    return TOKEN_BYTES
        + (long) Float.BYTES * token.embedding().length
        + MOST_BYTES_PER_CHARACTER * characters;
  }
}
