package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/**
 * A text on its way to tokens: code points, each with the range of the original text that it stands
 * for. Offsets count code points of the original. Nothing changes once it is made.
 *
 * <p>What is inserted stands for the character before it; where there is none, for the empty range
 * at {@link #origin}.
 */
final class AlignedText {
  final int[] chars;
  final int[] starts;
  final int[] ends;
  final int length;

  /** Where in the original this text begins. */
  final int origin;

  AlignedText(int[] chars, int[] starts, int[] ends, int length, int origin) {
    this.chars = chars;
    this.starts = starts;
    this.ends = ends;
    this.length = length;
    this.origin = origin;
  }

  /** The code points of a text as they are; half a surrogate pair becomes U+FFFD. */
  static AlignedText of(String text) {
    int[] chars = new int[text.length()];
    int count = 0;
    for (int at = 0; at < text.length(); count++) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      chars[count] = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c;
    }
    int[] starts = new int[count];
    int[] ends = new int[count];
    for (int i = 0; i < count; i++) {
      starts[i] = i;
      ends[i] = i + 1;
    }
    return new AlignedText(chars, starts, ends, count, 0);
  }

  /** The characters from one index to before another; it begins where its first one does. */
  AlignedText slice(int from, int to) {
    int begins = from < to ? starts[from] : origin;
    if (from == 0 && begins == origin && to == length) {
      return this;
    }
    return new AlignedText(
        Arrays.copyOfRange(chars, from, to),
        Arrays.copyOfRange(starts, from, to),
        Arrays.copyOfRange(ends, from, to),
        to - from,
        begins);
  }

  /** The characters from one index to before another. */
  String string(int from, int to) {
    return new String(chars, from, to - from);
  }
}
