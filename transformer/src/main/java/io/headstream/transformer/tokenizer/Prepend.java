package io.headstream.transformer.tokenizer;

/** Puts a string before a text that is not empty. */
final class Prepend implements Normalizer {
  private final int[] content;

  Prepend(String content) {
    this.content = content.codePoints().toArray();
  }

  @Override
  public AlignedText normalize(AlignedText text) {
    if (text.length == 0) {
      return text;
    }
    Rewrite longer = new Rewrite(text);
    for (int c : content) {
      longer.insertBefore(c);
    }
    for (int i = 0; i < text.length; i++) {
      longer.keep();
    }
    return longer.text();
  }
}
