package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** The tokens of a text as they are found, at most so many. Offsets count code points. */
final class Tokens {
  private final int most;
  int[] ids = new int[16];
  int[] starts = new int[16];
  int[] ends = new int[16];
  // As the text has them: what was added to a vocabulary may have taken spaces along.
  String[] strings = new String[16];
  int count;

  Tokens(int most) {
    this.most = most;
  }

  /** Whether no more tokens are wanted. */
  boolean full() {
    return count >= most;
  }

  void add(int id, String string, int start, int end) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      strings = Arrays.copyOf(strings, 2 * count);
    }
    ids[count] = id;
    starts[count] = start;
    ends[count] = end;
    strings[count] = string;
    count++;
  }

  /** Drops the tokens beyond the limit. */
  void cut() {
    count = Math.min(count, most);
  }
}
