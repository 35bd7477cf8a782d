package io.headstream.job.attend;

import io.headstream.job.records.Block;
import java.util.Arrays;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** First-in first-out queues of blocks in keyed state. Empty queues keep no state. */
final class BlockQueues {
  // Of each queue: where its head is, and where the next block goes.
  private static final int HEAD = 0;
  private static final int TAIL = 1;
  private static final int NUMBERS = 2;

  private final int queues;
  private final ValueState<int[]> numbers; // [queues][NUMBERS]
  private final MapState<Long, Block> blocks; // by queue and place in it

  BlockQueues(RuntimeContext context, int queues) {
    this.queues = queues;
    this.numbers =
        context.getState(
            new ValueStateDescriptor<>(
                "queues", PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO));
    this.blocks =
        context.getMapState(
            new MapStateDescriptor<>("blocks", Types.LONG, TypeInformation.of(Block.class)));
  }

  /**
   * Adds a block to its queue, and takes the heads of all queues when each has one.
   *
   * @return one block of each queue, or null while one of them is empty
   */
  Block[] join(int queue, Block block) throws Exception {
    int[] n = numbers();
    for (int other = 0; other < queues; other++) {
      if (other != queue && length(n, other) == 0 || other == queue && length(n, other) > 0) {
        blocks.put(place(queue, n[queue * NUMBERS + TAIL]++), block);
        numbers.update(n);
        return null;
      }
    }
    // The block need not wait: it is the last that was missing.
    Block[] heads = new Block[queues];
    boolean empty = true;
    for (int other = 0; other < queues; other++) {
      if (other == queue) {
        heads[other] = block;
      } else {
        long place = place(other, n[other * NUMBERS + HEAD]++);
        heads[other] = blocks.get(place);
        blocks.remove(place);
        empty &= length(n, other) == 0;
      }
    }
    if (empty) {
      numbers.clear();
    } else {
      numbers.update(n);
    }
    return heads;
  }

  private static int length(int[] n, int queue) {
    return n[queue * NUMBERS + TAIL] - n[queue * NUMBERS + HEAD];
  }

  /** A copy, so that what is in the state is never changed in place. */
  private int[] numbers() throws Exception {
    int[] n = numbers.value();
    return n == null ? new int[queues * NUMBERS] : Arrays.copyOf(n, n.length);
  }

  private static long place(int queue, int index) {
    return (long) queue << 32 | index & 0xFFFFFFFFL;
  }
}
