package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** Writes a new text from an old one, which it reads once from left to right. */
final class Rewrite {
  private final AlignedText source;
  private int position;
  private int[] chars;
  private int[] starts;
  private int[] ends;
  private int length;

  Rewrite(AlignedText source) {
    this.source = source;
    int room = source.length + 16;
    chars = new int[room];
    starts = new int[room];
    ends = new int[room];
  }

  /** How many characters of the old text are read. */
  int position() {
    return position;
  }

  /** How many characters of the new text are written. */
  int length() {
    return length;
  }

  /** Writes a character in the place of the next one of the old text. */
  void replace(int c) {
    put(c, source.starts[position], source.ends[position]);
    position++;
  }

  /** Writes the next character of the old text. */
  void keep() {
    replace(source.chars[position]);
  }

  /** Writes a character that stands for the same as the last one that was read. */
  void insert(int c) {
    if (position == 0) {
      put(c, source.origin, source.origin);
    } else {
      put(c, source.starts[position - 1], source.ends[position - 1]);
    }
  }

  /** Writes a character that stands for the same as the next one of the old text. */
  void insertBefore(int c) {
    put(c, source.starts[position], source.ends[position]);
  }

  /** Leaves out characters of the old text. */
  void skip(int count) {
    position += count;
  }

  /** The new text. */
  AlignedText text() {
    return new AlignedText(chars, starts, ends, length, source.origin);
  }

  private void put(int c, int start, int end) {
    if (length == chars.length) {
      int room = length + (length >> 1);
      chars = Arrays.copyOf(chars, room);
      starts = Arrays.copyOf(starts, room);
      ends = Arrays.copyOf(ends, room);
    }
    chars[length] = c;
    starts[length] = start;
    ends[length] = end;
    length++;
  }
}
