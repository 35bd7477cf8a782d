package io.headstream.transformer.tokenizer;

/**
 * Wu et al. 2016, section 4.1, as BERT uses it: of a word the longest beginning that is a token,
 * then of the rest the longest one that is a token behind the prefix, and so on; a word that does
 * not come out even, or is too long, is the unknown token.
 */
final class WordPiece implements Model {
  private final Vocabulary vocabulary;
  private final Trie trie = new Trie();
  private final int continuing; // the node behind the prefix; -1 if no token has it
  private final int unknown;
  private final String unknownToken;
  private final int longestWord;

  /** A model; the unknown token is in the vocabulary. */
  WordPiece(Vocabulary vocabulary, String unknownToken, String prefix, int longestWord) {
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
    this.longestWord = longestWord;
    unknown = vocabulary.id(unknownToken);
    vocabulary.ids().forEach((token, id) -> trie.add(token.codePoints().toArray(), id));
    int node = 0;
    for (int c : prefix.codePoints().toArray()) {
      node = node < 0 ? node : trie.next(node, c);
    }
    continuing = node;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void tokenize(Words words, Tokens tokens) {
    for (int word = 0; word < words.count() && !tokens.full(); word++) {
      tokenize(words.text(), words.from(word), words.to(word), tokens);
    }
  }

  private void tokenize(AlignedText text, int from, int to, Tokens tokens) {
    int before = tokens.count;
    int start = to - from > longestWord ? -1 : from;
    while (start >= 0 && start < to) {
      start = longest(text, start, to, start == from ? 0 : continuing, tokens);
    }
    if (start < 0) {
      tokens.count = before;
      tokens.add(unknown, unknownToken, text.starts[from], text.ends[to - 1]);
    }
  }

  /** Adds the longest token at an index. Returns where it ends; -1 if there is none. */
  private int longest(AlignedText text, int start, int to, int root, Tokens tokens) {
    int id = -1;
    int end = -1;
    int node = root;
    for (int i = start; i < to && node >= 0; i++) {
      node = trie.next(node, text.chars[i]);
      if (node >= 0 && trie.value(node) >= 0) {
        id = trie.value(node);
        end = i + 1;
      }
    }
    if (end >= 0) {
      tokens.add(id, vocabulary.token(id), text.starts[start], text.ends[end - 1]);
    }
    return end;
  }
}
