package io.headstream.transformer.tokenizer;

/** Splits numbers from what is no number, and from each other if that is wanted. */
final class Digits implements PreTokenizer {
  private final boolean each;

  Digits(boolean each) {
    this.each = each;
  }

  @Override
  public Words split(Words words) {
    AlignedText text = words.text();
    Words smaller = new Words(text);
    for (int word = 0; word < words.count(); word++) {
      int from = words.from(word);
      boolean before = false;
      for (int i = from; i < words.to(word); i++) {
        boolean digit = UnicodeTables.is(text.chars[i], UnicodeTables.NUMBER);
        if (i > from && (digit != before || digit && each)) {
          smaller.add(from, i);
          from = i;
        }
        before = digit;
      }
      smaller.add(from, words.to(word));
    }
    return smaller;
  }
}
