package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/**
 * One word on its way through BPE: symbols in a linked list, and the pairs that may be merged in a
 * heap, by rank and then from left to right. A word of n symbols takes n log n steps.
 */
final class MergeQueue {
  private int[] ids = new int[64];
  private int[] widths = new int[64];
  private int[] previous = new int[64];
  private int[] next = new int[64];
  private int count;
  private long[] heap = new long[64]; // rank and position of a pair's left symbol
  private int queued;

  /** Forgets the last word. */
  void clear() {
    count = 0;
    queued = 0;
  }

  /** Adds a symbol behind the others; it covers so many units of the word, at least one. */
  void add(int id, int width) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
      widths = Arrays.copyOf(widths, 2 * count);
      previous = Arrays.copyOf(previous, 2 * count);
      next = Arrays.copyOf(next, 2 * count);
    }
    ids[count] = id;
    widths[count] = width;
    previous[count] = count - 1;
    next[count] = count + 1;
    count++;
  }

  /** How many symbols were added. */
  int count() {
    return count;
  }

  /** The token at a position. */
  int id(int position) {
    return ids[position];
  }

  /** How many units the token at a position covers; 0 if it was merged into one on its left. */
  int width(int position) {
    return widths[position];
  }

  /** Merges what can be merged. */
  void merge(Merges merges) {
    for (int i = 0; i + 1 < count; i++) {
      push(merges, i, i + 1);
    }
    while (queued > 0) {
      long top = pop();
      int left = (int) top;
      int right = next[left];
      if (widths[left] == 0 || right >= count) {
        continue;
      }
      int result = merges.result((int) (top >>> 32));
      int rank = merges.rank(ids[left], ids[right]);
      if (rank < 0 || merges.result(rank) != result) {
        continue; // one of the two has been merged with another since
      }
      ids[left] = result;
      widths[left] += widths[right];
      widths[right] = 0;
      next[left] = next[right];
      if (next[left] < count) {
        previous[next[left]] = left;
        push(merges, left, next[left]);
      }
      if (previous[left] >= 0) {
        push(merges, previous[left], left);
      }
    }
  }

  private void push(Merges merges, int left, int right) {
    int rank = merges.rank(ids[left], ids[right]);
    if (rank < 0) {
      return;
    }
    if (queued == heap.length) {
      heap = Arrays.copyOf(heap, 2 * queued);
    }
    long entry = (long) rank << 32 | left;
    int at = queued++;
    while (at > 0 && heap[(at - 1) / 2] > entry) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = entry;
  }

  private long pop() {
    long top = heap[0];
    long last = heap[--queued];
    int at = 0;
    while (2 * at + 1 < queued) {
      int child = 2 * at + 1;
      if (child + 1 < queued && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
