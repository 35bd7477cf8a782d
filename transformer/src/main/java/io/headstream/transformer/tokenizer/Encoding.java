package io.headstream.transformer.tokenizer;

import java.util.Arrays;

/**
 * The tokens of a text: their ids, and for each the range of the text that it stands for, in chars
 * as {@link String#substring(int, int)} counts them. A special token that stands for nothing in the
 * text has the range [0, 0). Immutable.
 */
public final class Encoding {
  private final int[] ids;
  private final int[] starts;
  private final int[] ends;

  Encoding(int[] ids, int[] starts, int[] ends) {
    this.ids = ids;
    this.starts = starts;
    this.ends = ends;
  }

  /** {@return how many tokens there are} */
  public int length() {
    return ids.length;
  }

  /** {@return the ids of all tokens, an array of the caller's own} */
  public int[] ids() {
    return ids.clone();
  }

  /**
   * The id of a token.
   *
   * @param token its index
   * @return its id
   */
  public int id(int token) {
    return ids[token];
  }

  /**
   * Where in the text a token begins.
   *
   * @param token its index
   * @return the index of its first char
   */
  public int start(int token) {
    return starts[token];
  }

  /**
   * Where in the text a token ends.
   *
   * @param token its index
   * @return the index behind its last char
   */
  public int end(int token) {
    return ends[token];
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
