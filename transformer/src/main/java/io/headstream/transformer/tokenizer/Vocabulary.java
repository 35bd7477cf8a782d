package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Tokens and their ids, each token with one id and each id with one token. */
final class Vocabulary {
  /**
   * The largest id. It bounds what a file can claim; the largest vocabularies are a tenth of it.
   */
  static final int LARGEST_ID = (1 << 22) - 1;

  private final Map<String, Integer> ids;
  private String[] tokens;

  private Vocabulary(int size) {
    ids = new HashMap<>(size * 2);
    tokens = new String[size];
  }

  /** The vocabulary that a file has as an object of ids by token. */
  static Vocabulary read(JsonValue vocab) throws ModelException {
    Vocabulary vocabulary = new Vocabulary(vocab.size());
    for (Map.Entry<String, JsonValue> field : vocab.fields()) {
      int id = field.getValue().asInt(0, LARGEST_ID);
      String other = vocabulary.token(id);
      if (other != null) {
        String quoted = ModelException.quote(other);
        throw field.getValue().refusal("an id of its own, not that of " + quoted);
      }
      vocabulary.put(field.getKey(), id);
    }
    return vocabulary;
  }

  private void put(String token, int id) {
    if (id >= tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(id + 1, 2 * tokens.length));
    }
    tokens[id] = token;
    ids.put(token, id);
  }

  int size() {
    return ids.size();
  }

  /** The id of a token; -1 if it is none. */
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  /** The token of an id; null if it has none. */
  String token(int id) {
    return id >= 0 && id < tokens.length ? tokens[id] : null;
  }

  Map<String, Integer> ids() {
    return ids;
  }
}
