package io.headstream.transformer.tokenizer;

/** Splits at white space, which is dropped, and around each punctuation mark. */
final class BertPreTokenizer implements PreTokenizer {
  @Override
  public Words split(Words words) {
    AlignedText text = words.text();
    Words smaller = new Words(text);
    for (int word = 0; word < words.count(); word++) {
      int from = words.from(word);
      for (int i = from; i < words.to(word); i++) {
        int flags = UnicodeTables.flags(text.chars[i]);
        if ((flags & (UnicodeTables.SPACE | UnicodeTables.PUNCTUATION)) != 0) {
          smaller.add(from, i);
          if ((flags & UnicodeTables.PUNCTUATION) != 0) {
            smaller.add(i, i + 1);
          }
          from = i + 1;
        }
      }
      smaller.add(from, words.to(word));
    }
    return smaller;
  }
}
