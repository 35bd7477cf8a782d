package io.headstream.job.attend;

import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Cuts blocks into some that travel well: a record of more than 5 MiB would be spilled to disk by
 * the task that receives it. Labels count as well as rows.
 */
public final class CutBlocks implements FlatMapFunction<Block, Block> {
  private static final long serialVersionUID = 1L;

  /** Position, flags and lengths of a token, rounded up. */
  private static final int TOKEN_BYTES = 32;

  private static final int MOST_BYTES_PER_CHARACTER = 3;

  private final int rowsPerBlock;
  private final long bytesPerBlock;

  /**
   * A cutter.
   *
   * @param rowsPerBlock most rows of a block, at least 1
   * @param bytesPerBlock most bytes of a block's tokens, unless it is a single one
   */
  public CutBlocks(int rowsPerBlock, long bytesPerBlock) {
    this.rowsPerBlock = rowsPerBlock;
    this.bytesPerBlock = bytesPerBlock;
  }

  @Override
  public void flatMap(Block block, Collector<Block> out) {
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < block.rows(); i++) {
      long more = block.tokens().isEmpty() ? 0 : mostBytes(block.tokens().get(i));
      if (i > from && (i - from == rowsPerBlock || bytes + more > bytesPerBlock)) {
        out.collect(part(block, from, i));
        from = i;
        bytes = 0;
      }
      bytes += more;
    }
    out.collect(from == 0 ? block : part(block, from, block.rows()));
  }

  private static Block part(Block block, int from, int to) {
    int width = block.width();
    List<Token> tokens =
        block.tokens().isEmpty() ? List.of() : List.copyOf(block.tokens().subList(from, to));
    return new Block(
        block.key(),
        block.firstPosition() + from,
        to - from,
        Arrays.copyOfRange(block.values(), from * width, to * width),
        block.ends() && to == block.rows(),
        tokens);
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
