package io.headstream.transformer.tokenizer;

/** Splits words into smaller ones by a pattern that takes every character. */
final class Split implements PreTokenizer {
  private final WordPattern pattern;

  Split(WordPattern pattern) {
    this.pattern = pattern;
  }

  @Override
  public Words split(Words words) {
    AlignedText text = words.text();
    Words smaller = new Words(text);
    for (int word = 0; word < words.count(); word++) {
      int to = words.to(word);
      for (int from = words.from(word); from < to; ) {
        int end = pattern.end(text.chars, from, to);
        smaller.add(from, end);
        from = end;
      }
    }
    return smaller;
  }
}
