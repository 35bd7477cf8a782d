package io.headstream.transformer.tokenizer;

/**
 * Writes spaces as a visible character, puts one before a word that has none, and splits before
 * each of them if that is wanted.
 */
final class Metaspace implements PreTokenizer {
  /** Which words get a space before them. */
  enum Prefix {
    /** None. */
    NEVER,
    /** The one that the text begins with. */
    FIRST,
    /** Each. */
    ALWAYS
  }

  private final int space;
  private final Prefix prefix;
  private final boolean split;

  Metaspace(int space, Prefix prefix, boolean split) {
    this.space = space;
    this.prefix = prefix;
    this.split = split;
  }

  @Override
  public Words split(Words words) {
    AlignedText text = words.text();
    Rewrite visible = new Rewrite(text);
    int[] ranges = new int[2 * words.count()];
    for (int word = 0; word < words.count(); word++) {
      int from = words.from(word);
      visible.skip(from - visible.position());
      ranges[2 * word] = visible.length();
      boolean wanted = prefix == Prefix.ALWAYS || prefix == Prefix.FIRST && text.starts[from] == 0;
      if (wanted && text.chars[from] != ' ' && text.chars[from] != space) {
        visible.insertBefore(space);
      }
      for (int i = from; i < words.to(word); i++) {
        int c = text.chars[i];
        visible.replace(c == ' ' ? space : c);
      }
      ranges[2 * word + 1] = visible.length();
    }
    Words spaced = Words.of(visible.text(), ranges);
    return split ? apart(spaced) : spaced;
  }

  private Words apart(Words words) {
    AlignedText text = words.text();
    Words smaller = new Words(text);
    for (int word = 0; word < words.count(); word++) {
      int from = words.from(word);
      for (int i = from + 1; i < words.to(word); i++) {
        if (text.chars[i] == space) {
          smaller.add(from, i);
          from = i;
        }
      }
      smaller.add(from, words.to(word));
    }
    return smaller;
  }
}
