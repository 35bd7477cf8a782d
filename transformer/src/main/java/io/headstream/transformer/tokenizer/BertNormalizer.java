package io.headstream.transformer.tokenizer;

/** BERT's normalizer: controls out, one kind of space, CJK apart, accents off, lower case. */
final class BertNormalizer implements Normalizer {
  private final boolean cleanText;
  private final boolean spaceAroundChinese;
  private final boolean stripAccents;
  private final boolean lowercase;

  BertNormalizer(
      boolean cleanText, boolean spaceAroundChinese, boolean stripAccents, boolean lowercase) {
    this.cleanText = cleanText;
    this.spaceAroundChinese = spaceAroundChinese;
    this.stripAccents = stripAccents;
    this.lowercase = lowercase;
  }

  @Override
  public AlignedText normalize(AlignedText text) {
    AlignedText changed = text;
    if (cleanText) {
      changed = clean(changed);
    }
    if (spaceAroundChinese) {
      changed = apart(changed);
    }
    if (stripAccents) {
      changed = TextForms.without(TextForms.decompose(changed), UnicodeTables.NONSPACING);
    }
    return lowercase ? TextForms.lowercase(changed) : changed;
  }

  private static AlignedText clean(AlignedText text) {
    Rewrite clean = new Rewrite(text);
    for (int i = 0; i < text.length; i++) {
      int c = text.chars[i];
      int flags = UnicodeTables.flags(c);
      if (c == '\t' || c == '\n' || c == '\r') {
        clean.replace(' ');
      } else if ((flags & UnicodeTables.CONTROL) != 0) {
        clean.skip(1);
      } else {
        clean.replace((flags & UnicodeTables.SPACE) != 0 ? ' ' : c);
      }
    }
    return clean.text();
  }

  private static AlignedText apart(AlignedText text) {
    int first = 0;
    while (first < text.length && !isChinese(text.chars[first])) {
      first++;
    }
    if (first == text.length) {
      return text;
    }
    Rewrite apart = new Rewrite(text);
    for (int i = 0; i < text.length; i++) {
      if (isChinese(text.chars[i])) {
        apart.insert(' ');
        apart.keep();
        apart.insert(' ');
      } else {
        apart.keep();
      }
    }
    return apart.text();
  }

  /** The ideographs that BERT takes for words: blocks, whatever is assigned in them. */
  private static boolean isChinese(int c) {
    return c >= 0x3400
        && (c <= 0x4dbf
            || c >= 0x4e00 && c <= 0x9fff
            || c >= 0xf900 && c <= 0xfaff
            || c >= 0x20000 && c <= 0x2a6df
            || c >= 0x2a700 && c <= 0x2b81f
            || c >= 0x2b920 && c <= 0x2ceaf
            || c >= 0x2f800 && c <= 0x2fa1f);
  }
}
