package io.headstream.transformer.tokenizer;

/**
 * Byte pair encoding (Sennrich et al. 2016): a word begins as its characters, and of the pairs that
 * may be merged the one of the lowest rank is, again and again.
 *
 * <p>A character that is no token is the tokens of its bytes if the vocabulary has them, else the
 * unknown token, else nothing.
 */
final class Bpe implements Model {
  private final Vocabulary vocabulary;
  private final Merges merges;
  private final IntTable characters = new IntTable();
  private final int[] byteTokens; // -1 for a byte that has no token; null without byte fallback
  private final int unknown; // -1 if there is none
  private final boolean fuseUnknown;
  private final int longestWhole; // words up to this length may be tokens before any merge

  Bpe(
      Vocabulary vocabulary,
      Merges merges,
      int unknown,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean wholeWords) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.unknown = unknown;
    this.fuseUnknown = fuseUnknown;
    int longest = 0;
    for (var token : vocabulary.ids().entrySet()) {
      String string = token.getKey();
      longest = Math.max(longest, string.length());
      if (!string.isEmpty() && string.codePointCount(0, string.length()) == 1) {
        characters.put(string.codePointAt(0), token.getValue());
      }
    }
    longestWhole = wholeWords ? longest : 0;
    byteTokens = byteFallback ? byteTokens(vocabulary) : null;
  }

  private static int[] byteTokens(Vocabulary vocabulary) {
    int[] tokens = new int[256];
    for (int b = 0; b < 256; b++) {
      tokens[b] = vocabulary.id(String.format("<0x%02X>", b));
    }
    return tokens;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void tokenize(Words words, Tokens tokens) {
    MergeQueue queue = new MergeQueue();
    AlignedText text = words.text();
    for (int word = 0; word < words.count() && !tokens.full(); word++) {
      int from = words.from(word);
      int to = words.to(word);
      int whole = to - from <= longestWhole ? vocabulary.id(text.string(from, to)) : -1;
      if (whole >= 0) {
        tokens.add(whole, vocabulary.token(whole), text.starts[from], text.ends[to - 1]);
        continue;
      }
      queue.clear();
      symbols(text, from, to, queue);
      queue.merge(merges);
      emit(text, from, queue, tokens);
    }
  }

  /** The tokens of single characters, which cover as many units as these have bytes. */
  private void symbols(AlignedText text, int from, int to, MergeQueue queue) {
    int pending = 0; // bytes of unknown characters that are not added yet
    for (int i = from; i < to; i++) {
      int c = text.chars[i];
      int id = characters.get(c);
      if (id >= 0) {
        pending = flush(pending, queue);
        queue.add(id, Utf8.length(c));
      } else if (byteTokens == null || !fallBack(c, queue)) {
        if (unknown >= 0) {
          pending = (fuseUnknown ? pending : flush(pending, queue)) + Utf8.length(c);
        }
      }
    }
    flush(pending, queue);
  }

  private int flush(int pending, MergeQueue queue) {
    if (pending > 0) {
      queue.add(unknown, pending);
    }
    return 0;
  }

  /** Adds the tokens of a character's bytes, if all of them have one. */
  private boolean fallBack(int c, MergeQueue queue) {
    int count = Utf8.length(c);
    for (int i = 0; i < count; i++) {
      if (byteTokens[Utf8.byteAt(c, i, count)] < 0) {
        return false;
      }
    }
    for (int i = 0; i < count; i++) {
      queue.add(byteTokens[Utf8.byteAt(c, i, count)], 1);
    }
    return true;
  }

  private void emit(AlignedText text, int from, MergeQueue queue, Tokens tokens) {
    int first = from; // the character that holds the next unit
    int into = 0; // units of it that are used up
    for (int i = 0; i < queue.count(); i++) {
      int width = queue.width(i);
      if (width == 0) {
        continue;
      }
      int last = first;
      into += width;
      while (into > Utf8.length(text.chars[last])) {
        into -= Utf8.length(text.chars[last++]);
      }
      int id = queue.id(i);
      tokens.add(id, vocabulary.token(id), text.starts[first], text.ends[last]);
      boolean usedUp = into == Utf8.length(text.chars[last]);
      first = usedUp ? last + 1 : last;
      into = usedUp ? 0 : into;
    }
  }
}
