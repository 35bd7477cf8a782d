package io.headstream.transformer.tokenizer;

/** Puts one string in the place of another, wherever that occurs. */
final class LiteralReplace implements Normalizer {
  private final int[] pattern;
  private final int[] content;

  /** A replacement; the pattern is not empty. */
  LiteralReplace(String pattern, String content) {
    this.pattern = pattern.codePoints().toArray();
    this.content = content.codePoints().toArray();
  }

  @Override
  public AlignedText normalize(AlignedText text) {
    Rewrite replaced = new Rewrite(text);
    int at = 0;
    while (at < text.length) {
      if (occurs(text, at)) {
        replaced.skip(pattern.length);
        for (int c : content) {
          replaced.insert(c);
        }
        at += pattern.length;
      } else {
        replaced.keep();
        at++;
      }
    }
    return replaced.text();
  }

  private boolean occurs(AlignedText text, int at) {
    if (at + pattern.length > text.length) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      if (text.chars[at + i] != pattern[i]) {
        return false;
      }
    }
    return true;
  }
}
