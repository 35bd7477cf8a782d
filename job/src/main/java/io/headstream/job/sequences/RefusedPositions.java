package io.headstream.job.sequences;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Which positions of a sequence that is too long have come, one bit each, so that a repeated token
 * does not stand for one that is missing.
 *
 * <p>The bits lie in keyed state in pages of {@value #PAGE_POSITIONS} positions. Positions from
 * {@link #CEILING} on are not remembered and count each time they come, which bounds the state of a
 * sequence to 512 KiB of bits; up to there its end is found exactly.
 */
final class RefusedPositions {
  static final int PAGE_POSITIONS = 1024;

  /** The first position that is not remembered. */
  static final int CEILING = 1 << 22;

  private final MapState<Integer, long[]> pages; // by position / PAGE_POSITIONS

  RefusedPositions(RuntimeContext context) {
    pages =
        context.getMapState(
            new MapStateDescriptor<>(
                "refused-positions",
                Types.INT,
                PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** Notes that a position has come; whether it counts, as one that is remembered does once. */
  boolean add(int position) throws Exception {
    if (position >= CEILING) {
      return true;
    }
    long[] page = pages.get(position / PAGE_POSITIONS);
    long[] bits = page == null ? new long[PAGE_POSITIONS / Long.SIZE] : page.clone();
    int word = position % PAGE_POSITIONS / Long.SIZE;
    long bit = 1L << position; // a shift looks at the lowest six bits only
    if ((bits[word] & bit) != 0) {
      return false;
    }
    bits[word] |= bit;
    pages.put(position / PAGE_POSITIONS, bits);
    return true;
  }

  /**
   * Forgets the positions beyond the last one, now that it is known.
   *
   * @param counted how many positions have counted until now
   * @return how many of them count still
   */
  long endAt(int last, long counted) throws Exception {
    if (last >= CEILING) {
      return counted;
    }
    long count = 0;
    List<Integer> beyond = new ArrayList<>();
    for (Map.Entry<Integer, long[]> page : pages.entries()) {
      int first = page.getKey() * PAGE_POSITIONS;
      if (first > last) {
        beyond.add(page.getKey());
      } else {
        count += bitsUpTo(last - first, page.getValue());
      }
    }
    for (Integer page : beyond) {
      pages.remove(page);
    }
    return count;
  }

  void clear() {
    pages.clear();
  }

  /** How many bits are set from bit 0 to a highest one, which may lie beyond the page. */
  private static int bitsUpTo(int highest, long[] bits) {
    int count = 0;
    for (int word = 0; word < bits.length; word++) {
      int ofWord = highest - word * Long.SIZE; // the highest one's place in this word
      if (ofWord >= 0) {
        long mask = ofWord >= Long.SIZE - 1 ? -1L : (1L << (ofWord + 1)) - 1;
        count += Long.bitCount(bits[word] & mask);
      }
    }
    return count;
  }
}
