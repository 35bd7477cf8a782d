package io.headstream.transformer.tokenizer;

import io.headstream.transformer.checkpoint.JsonFile;
import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a tokenizer.json. */
final class TokenizerFile {
  /** Four times the largest that is known. */
  private static final int MOST_BYTES = 128 << 20;

  private static final int LONGEST_ADDED = 1_000;

  private TokenizerFile() {}

  static Tokenizer read(Path file) throws IOException {
    JsonValue root = JsonFile.read(file, MOST_BYTES);
    JsonValue version = root.find("version");
    if (version != null && !version.asString().equals("1.0")) {
      throw version.refusal("\"1.0\"");
    }
    Normalizer normalizer = Normalizers.read(root.find("normalizer"));
    PreTokenizer preTokenizer = PreTokenizers.read(root.find("pre_tokenizer"));
    Model model = Models.read(root.get("model"));
    Vocabulary vocabulary = model.vocabulary();
    List<AddedToken> added = added(root.find("added_tokens"), vocabulary, normalizer);
    int beyond = 0;
    for (AddedToken token : added) {
      beyond += vocabulary.id(token.content()) < 0 ? 1 : 0;
    }
    return new Tokenizer(
        new AddedTokens(added, normalizer),
        preTokenizer,
        model,
        PostProcessors.read(root.find("post_processor")),
        Decoders.read(root.find("decoder")),
        vocabulary.size() + beyond);
  }

  private static List<AddedToken> added(
      JsonValue tokens, Vocabulary vocabulary, Normalizer normalizer) throws ModelException {
    List<AddedToken> added = new ArrayList<>();
    if (tokens == null) {
      return added;
    }
    Map<Integer, String> byId = new HashMap<>();
    Set<String> contents = new HashSet<>();
    for (JsonValue token : tokens.elements()) {
      AddedToken next = token(token, vocabulary);
      String other = byId.putIfAbsent(next.id(), next.content());
      if (other != null) {
        String quoted = ModelException.quote(other);
        throw token.get("id").refusal("an id of its own, not that of " + quoted);
      }
      if (!contents.add(next.content())) {
        throw token.get("content").refusal("a token that is not there already");
      }
      if (next.normalized() && normalizer.normalize(AlignedText.of(next.content())).length == 0) {
        throw token.get("content").refusal("a token that the normalizer leaves something of");
      }
      added.add(next);
    }
    return added;
  }

  private static AddedToken token(JsonValue token, Vocabulary vocabulary) throws ModelException {
    JsonValue content = token.get("content");
    String string = content.asString();
    if (string.isEmpty() || string.length() > LONGEST_ADDED) {
      throw content.refusal("1 to " + LONGEST_ADDED + " characters");
    }
    JsonValue id = token.get("id");
    int number = id.asInt(0, Vocabulary.LARGEST_ID);
    String here = vocabulary.token(number);
    if (here != null && !here.equals(string)) {
      throw id.refusal("an id of its own, not that of " + ModelException.quote(here));
    }
    int there = vocabulary.id(string);
    if (there >= 0 && there != number) {
      throw id.refusal("the id that this token has in the vocabulary, " + there);
    }
    boolean special = token.findBoolean("special", false);
    return new AddedToken(
        number,
        string,
        token.findBoolean("single_word", false),
        token.findBoolean("lstrip", false),
        token.findBoolean("rstrip", false),
        token.findBoolean("normalized", !special),
        special);
  }
}
