package io.headstream.job.attend;

import io.headstream.job.records.Block;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** How a head group attends to the blocks of a sequence; works for the operator's current key. */
interface BlockAttention {

  /**
   * Takes the next block of a sequence and hands out its columns of the concatenated heads, now or
   * when the rest of the sequence has come: a block for each block, with the same positions.
   *
   * @param block rows of {@code modelDim}; may be empty where it just ends
   * @param context takes what is sampled
   */
  void attend(Block block, ProcessFunction<Block, Block>.Context context, Collector<Block> out)
      throws Exception;

  /** Bytes of the keys and values that are in the state. */
  long storedBytes();
}
