package io.headstream.transformer.tokenizer;

/** Splits by GPT-2's pattern if that is wanted, and writes each byte of UTF-8 as a letter. */
final class ByteLevel implements PreTokenizer {
  private final boolean prefixSpace;
  private final boolean pattern;

  ByteLevel(boolean prefixSpace, boolean pattern) {
    this.prefixSpace = prefixSpace;
    this.pattern = pattern;
  }

  @Override
  public Words split(Words words) {
    Words split = prefixSpace ? withSpace(words) : words;
    if (pattern) {
      split = new Split(WordPattern.GPT2).split(split);
    }
    return letters(split);
  }

  /** Each word with a space before it, if it has none. */
  private static Words withSpace(Words words) {
    AlignedText text = words.text();
    Rewrite spaced = new Rewrite(text);
    int[] ranges = new int[2 * words.count()];
    for (int word = 0; word < words.count(); word++) {
      spaced.skip(words.from(word) - spaced.position());
      ranges[2 * word] = spaced.length();
      if (text.chars[words.from(word)] != ' ') {
        spaced.insertBefore(' ');
      }
      for (int i = words.from(word); i < words.to(word); i++) {
        spaced.keep();
      }
      ranges[2 * word + 1] = spaced.length();
    }
    return Words.of(spaced.text(), ranges);
  }

  private static Words letters(Words words) {
    AlignedText text = words.text();
    Rewrite letters = new Rewrite(text);
    int[] ranges = new int[2 * words.count()];
    for (int word = 0; word < words.count(); word++) {
      letters.skip(words.from(word) - letters.position());
      ranges[2 * word] = letters.length();
      for (int i = words.from(word); i < words.to(word); i++) {
        int c = text.chars[i];
        int count = Utf8.length(c);
        letters.replace(ByteLetters.letter(Utf8.byteAt(c, 0, count)));
        for (int b = 1; b < count; b++) {
          letters.insert(ByteLetters.letter(Utf8.byteAt(c, b, count)));
        }
      }
      ranges[2 * word + 1] = letters.length();
    }
    return Words.of(letters.text(), ranges);
  }
}
