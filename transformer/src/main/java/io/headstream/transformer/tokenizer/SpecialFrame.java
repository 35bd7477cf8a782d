package io.headstream.transformer.tokenizer;

import java.util.List;

/** Puts special tokens before and behind those of the text. */
final class SpecialFrame implements PostProcessor {
  /**
   * A special token.
   *
   * @param id its id
   * @param string its string
   */
  record Special(int id, String string) {}

  private final List<Special> before;
  private final List<Special> behind;

  SpecialFrame(List<Special> before, List<Special> behind) {
    this.before = List.copyOf(before);
    this.behind = List.copyOf(behind);
  }

  @Override
  public Tokens process(Tokens tokens, boolean special) {
    if (!special) {
      return tokens;
    }
    Tokens framed = new Tokens(Integer.MAX_VALUE);
    before.forEach(token -> framed.add(token.id(), token.string(), 0, 0));
    for (int i = 0; i < tokens.count; i++) {
      framed.add(tokens.ids[i], tokens.strings[i], tokens.starts[i], tokens.ends[i]);
    }
    behind.forEach(token -> framed.add(token.id(), token.string(), 0, 0));
    return framed;
  }

  @Override
  public int added() {
    return before.size() + behind.size();
  }
}
