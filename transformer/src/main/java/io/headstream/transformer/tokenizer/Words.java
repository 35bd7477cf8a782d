package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** A text and the words it is split into: ranges of its characters, none empty, in their order. */
final class Words {
  private final AlignedText text;
  private int[] ranges = new int[32];
  private int count;

  Words(AlignedText text) {
    this.text = text;
  }

  /** A text that is one word, or none if it is empty. */
  static Words whole(AlignedText text) {
    Words words = new Words(text);
    words.add(0, text.length);
    return words;
  }

  /** A text and ranges of its characters, none empty: from and to of each. */
  static Words of(AlignedText text, int[] ranges) {
    Words words = new Words(text);
    words.ranges = ranges;
    words.count = ranges.length / 2;
    return words;
  }

  AlignedText text() {
    return text;
  }

  int count() {
    return count;
  }

  /** Where a word begins. */
  int from(int word) {
    return ranges[2 * word];
  }

  /** Where a word ends: the index behind its last character. */
  int to(int word) {
    return ranges[2 * word + 1];
  }

  /** Adds a word, if it is not empty. */
  void add(int from, int to) {
    if (from >= to) {
      return;
    }
    if (2 * count == ranges.length) {
      ranges = Arrays.copyOf(ranges, Math.max(32, 4 * count));
    }
    ranges[2 * count] = from;
    ranges[2 * count + 1] = to;
    count++;
  }
}
