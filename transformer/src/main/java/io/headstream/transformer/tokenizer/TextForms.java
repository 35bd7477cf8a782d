package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/** Unicode's forms of a text: decomposed (NFD), composed (NFC), in lower case. */
final class TextForms {
  private final AlignedText source;
  private int[] chars;
  // What a character takes the place of: 1 - taken characters of the source; 1 is an insertion.
  private int[] changes;
  private int length;

  private TextForms(AlignedText source) {
    this.source = source;
    chars = new int[source.length + 16];
    changes = new int[source.length + 16];
  }

  /** The canonical decomposition. */
  static AlignedText decompose(AlignedText text) {
    if (below(text, 0xc0)) {
      return text;
    }
    TextForms forms = new TextForms(text);
    forms.decompose();
    return forms.text();
  }

  /** The canonical composition. */
  static AlignedText compose(AlignedText text) {
    if (below(text, 0x300)) {
      return text;
    }
    TextForms forms = new TextForms(text);
    forms.decompose();
    forms.compose();
    return forms.text();
  }

  /** Each character in lower case, whatever stands around it. */
  static AlignedText lowercase(AlignedText text) {
    Rewrite lower = new Rewrite(text);
    for (int i = 0; i < text.length; i++) {
      int[] mapped = UnicodeTables.lower(text.chars[i]);
      if (mapped.length == 0) {
        lower.keep();
      } else {
        lower.replace(mapped[0]);
        for (int j = 1; j < mapped.length; j++) {
          lower.insert(mapped[j]);
        }
      }
    }
    return lower.text();
  }

  /** A text without the characters that have one of the properties. */
  static AlignedText without(AlignedText text, int properties) {
    int first = 0;
    while (first < text.length && !UnicodeTables.is(text.chars[first], properties)) {
      first++;
    }
    if (first == text.length) {
      return text;
    }
    Rewrite rest = new Rewrite(text);
    for (int i = 0; i < text.length; i++) {
      if (UnicodeTables.is(text.chars[i], properties)) {
        rest.skip(1);
      } else {
        rest.keep();
      }
    }
    return rest.text();
  }

  private static boolean below(AlignedText text, int bound) {
    for (int i = 0; i < text.length; i++) {
      if (text.chars[i] >= bound) {
        return false;
      }
    }
    return true;
  }

  private void decompose() {
    int pending = 0; // where the characters begin that are no starters and not in order yet
    for (int i = 0; i < source.length; i++) {
      int c = source.chars[i];
      int[] parts = UnicodeTables.decomposed(c);
      if (parts.length == 0) {
        pending = add(c, 0, pending);
      }
      for (int j = 0; j < parts.length; j++) {
        pending = add(parts[j], j == 0 ? 0 : 1, pending);
      }
    }
    order(pending);
  }

  private int add(int c, int change, int pending) {
    int begin = pending;
    boolean starter = UnicodeTables.order(c) == 0;
    if (starter) {
      order(pending);
      begin = length + 1;
    }
    if (length == chars.length) {
      chars = Arrays.copyOf(chars, 2 * length);
      changes = Arrays.copyOf(changes, 2 * length);
    }
    chars[length] = c;
    changes[length] = change;
    length++;
    return begin;
  }

  /** Puts the characters from an index on in the order of their combining classes. */
  private void order(int from) {
    int count = length - from;
    if (count < 2) {
      return;
    }
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = (long) UnicodeTables.order(chars[from + i]) << 32 | i;
    }
    Arrays.sort(keys);
    int[] oldChars = Arrays.copyOfRange(chars, from, length);
    int[] oldChanges = Arrays.copyOfRange(changes, from, length);
    for (int i = 0; i < count; i++) {
      chars[from + i] = oldChars[(int) keys[i]];
      changes[from + i] = oldChanges[(int) keys[i]];
    }
  }

  private void compose() {
    int written = 0;
    int starter = -1;
    int lastOrder = -1; // -1 directly behind the starter
    for (int i = 0; i < length; i++) {
      int c = chars[i];
      int order = UnicodeTables.order(c);
      if (starter >= 0 && lastOrder < order) {
        int composed = UnicodeTables.composed(chars[starter], c);
        if (composed >= 0) {
          chars[starter] = composed;
          changes[starter] += changes[i] - 1;
          continue;
        }
      }
      if (order == 0) {
        starter = written;
        lastOrder = -1;
      } else {
        lastOrder = order;
      }
      chars[written] = c;
      changes[written] = changes[i];
      written++;
    }
    length = written;
  }

  private AlignedText text() {
    Rewrite text = new Rewrite(source);
    for (int i = 0; i < length; i++) {
      if (changes[i] > 0) {
        text.insert(chars[i]);
      } else {
        text.replace(chars[i]);
        text.skip(-changes[i]);
      }
    }
    return text.text();
  }
}
