package io.headstream.transformer.tokenizer;

/** Takes the spaces that a token begins or ends with out of its range of the text. */
final class TrimmedOffsets implements PostProcessor {
  private final boolean prefixSpace;

  /** Whether the first token of a text begins with a space that the text does not have. */
  TrimmedOffsets(boolean prefixSpace) {
    this.prefixSpace = prefixSpace;
  }

  @Override
  public Tokens process(Tokens tokens, boolean special) {
    for (int i = 0; i < tokens.count; i++) {
      String token = tokens.strings[i];
      int leading = 0;
      int length = token.length();
      while (leading < length && isSpace(token.charAt(leading))) {
        leading++;
      }
      int trailing = 0;
      while (trailing < length && isSpace(token.charAt(length - 1 - trailing))) {
        trailing++;
      }
      boolean added = prefixSpace && leading == 1 && (i == 0 || tokens.starts[i] == 0);
      if (leading > 0 && !added) {
        tokens.starts[i] = Math.min(tokens.starts[i] + leading, tokens.ends[i]);
      }
      if (trailing > 0 && tokens.ends[i] >= trailing) {
        tokens.ends[i] = Math.max(tokens.ends[i] - trailing, tokens.starts[i]);
      }
    }
    return tokens;
  }

  /**
   * The letter that stands for the byte of a space, or white space, which an added token may have.
   */
  private static boolean isSpace(char c) {
    return c == ByteLetters.SPACE || UnicodeTables.is(c, UnicodeTables.SPACE);
  }

  @Override
  public int added() {
    return 0;
  }
}
