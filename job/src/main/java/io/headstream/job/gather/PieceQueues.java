package io.headstream.job.gather;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * First-in first-out queues in keyed state, whose elements are the pieces of sequences: one or more
 * pieces, of which one ends it, make a sequence.
 *
 * <p>Empty queues keep no state.
 */
final class PieceQueues<T> {
  // Of each queue: where its head is, where the next piece goes, how many sequences are whole.
  private static final int HEAD = 0;
  private static final int TAIL = 1;
  private static final int WHOLE = 2;
  private static final int NUMBERS = 3;

  private final int queues;
  private final Predicate<T> endsSequence;
  private final ValueState<int[]> numbers; // [queues][NUMBERS]
  private final MapState<Long, T> pieces; // by queue and place in it

  PieceQueues(
      RuntimeContext context,
      String name,
      int queues,
      TypeInformation<T> type,
      Predicate<T> endsSequence) {
    this.queues = queues;
    this.endsSequence = endsSequence;
    this.numbers =
        context.getState(
            new ValueStateDescriptor<>(
                name + "-queues", PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO));
    this.pieces = context.getMapState(new MapStateDescriptor<>(name + "-pieces", Types.LONG, type));
  }

  void add(int queue, T piece) throws Exception {
    int[] n = numbers();
    pieces.put(place(queue, n[queue * NUMBERS + TAIL]++), piece);
    if (endsSequence.test(piece)) {
      n[queue * NUMBERS + WHOLE]++;
    }
    numbers.update(n);
  }

  boolean allHaveASequence() throws Exception {
    int[] n = numbers();
    for (int queue = 0; queue < queues; queue++) {
      if (n[queue * NUMBERS + WHOLE] == 0) {
        return false;
      }
    }
    return true;
  }

  /** Takes the first whole sequence out of a queue. */
  List<T> poll(int queue) throws Exception {
    int[] n = numbers();
    List<T> taken = new ArrayList<>();
    T piece;
    do {
      long place = place(queue, n[queue * NUMBERS + HEAD]++);
      piece = pieces.get(place);
      pieces.remove(place);
      taken.add(piece);
    } while (!endsSequence.test(piece));
    n[queue * NUMBERS + WHOLE]--;
    if (empty(n)) {
      numbers.clear();
    } else {
      numbers.update(n);
    }
    return taken;
  }

  private boolean empty(int[] n) {
    for (int queue = 0; queue < queues; queue++) {
      if (n[queue * NUMBERS + HEAD] != n[queue * NUMBERS + TAIL]) {
        return false;
      }
    }
    return true;
  }

  /** A copy, so that what is in the state is never changed in place. */
  private int[] numbers() throws Exception {
    int[] n = numbers.value();
    return n == null ? new int[queues * NUMBERS] : Arrays.copyOf(n, n.length);
  }

  private static long place(int queue, int index) {
    return (long) queue << 32 | index;
  }
}
