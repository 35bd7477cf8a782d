package io.headstream.transformer.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Cuts a text at the tokens that were added to the model's vocabulary. */
final class AddedTokens {
  /**
   * A part of a text.
   *
   * @param text its characters
   * @param token the token that it is; null if it is left to the model
   */
  record Part(AlignedText text, AddedToken token) {}

  private final List<AddedToken> tokens;
  private final Map<Integer, AddedToken> byId = new HashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Normalizer normalizer;
  private final Trie plain = new Trie();
  private final Trie normalized = new Trie();
  private boolean anyPlain;
  private boolean anyNormalized;

  /** Tokens, no two of them with one id or content; none is empty, normalized or not. */
  AddedTokens(List<AddedToken> added, Normalizer normalizer) {
    this.normalizer = normalizer;
    // Of two that are equal once normalized, a special one goes first.
    tokens = new ArrayList<>(added);
    tokens.sort((a, b) -> Boolean.compare(b.special(), a.special()));
    for (int i = 0; i < tokens.size(); i++) {
      AddedToken token = tokens.get(i);
      byId.put(token.id(), token);
      ids.put(token.content(), token.id());
      AlignedText content = AlignedText.of(token.content());
      if (token.normalized()) {
        anyNormalized = true;
        normalized.add(chars(normalizer.normalize(content)), i);
      } else {
        anyPlain = true;
        plain.add(chars(content), i);
      }
    }
  }

  private static int[] chars(AlignedText text) {
    return Arrays.copyOf(text.chars, text.length);
  }

  /** The token of an id; null if none was added with it. */
  AddedToken token(int id) {
    return byId.get(id);
  }

  /** The id of a token; -1 if no such token was added. */
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  /** Added tokens, and between them the text, normalized. */
  List<Part> cut(AlignedText text) {
    List<Part> parts = new ArrayList<>();
    for (Part part : cut(text, plain, anyPlain)) {
      if (part.token() != null) {
        parts.add(part);
      } else {
        parts.addAll(cut(normalizer.normalize(part.text()), normalized, anyNormalized));
      }
    }
    return parts;
  }

  private List<Part> cut(AlignedText text, Trie trie, boolean any) {
    List<Part> parts = new ArrayList<>();
    int done = 0;
    for (int at = 0; any && at < text.length; ) {
      int[] match = longest(trie, text, at);
      if (match == null) {
        at++;
        continue;
      }
      AddedToken token = tokens.get(match[1]);
      int end = match[0];
      if (!token.singleWord() || alone(text, at, end)) {
        int from = token.leftSpace() ? Math.max(spaceBefore(text, at), done) : at;
        int to = token.rightSpace() ? spaceBehind(text, end) : end;
        if (done < from) {
          parts.add(new Part(text.slice(done, from), null));
        }
        parts.add(new Part(text.slice(from, to), token));
        done = to;
      }
      at = end;
    }
    if (done < text.length) {
      parts.add(new Part(text.slice(done, text.length), null));
    }
    return parts;
  }

  /** Where the longest token at an index ends, and its number; null if there is none. */
  private static int[] longest(Trie trie, AlignedText text, int at) {
    int[] match = null;
    int node = 0;
    for (int i = at; i < text.length; i++) {
      node = trie.next(node, text.chars[i]);
      if (node < 0) {
        break;
      }
      if (trie.value(node) >= 0) {
        match = new int[] {i + 1, trie.value(node)};
      }
    }
    return match;
  }

  private static boolean alone(AlignedText text, int from, int to) {
    return (from == 0 || !UnicodeTables.is(text.chars[from - 1], UnicodeTables.WORD))
        && (to == text.length || !UnicodeTables.is(text.chars[to], UnicodeTables.WORD));
  }

  private static int spaceBefore(AlignedText text, int at) {
    int from = at;
    while (from > 0 && UnicodeTables.is(text.chars[from - 1], UnicodeTables.SPACE)) {
      from--;
    }
    return from;
  }

  private static int spaceBehind(AlignedText text, int at) {
    int to = at;
    while (to < text.length && UnicodeTables.is(text.chars[to], UnicodeTables.SPACE)) {
      to++;
    }
    return to;
  }
}
