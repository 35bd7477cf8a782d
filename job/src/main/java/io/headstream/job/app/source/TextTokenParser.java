package io.headstream.job.app.source;

import io.headstream.job.app.json.Utf8;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a line of text as one sequence: each word is a token with the word as its label, and the
 * line's source, such as {@code README.md:17}, is the sequence's ID.
 */
public final class TextTokenParser implements TokenParser {
  private final int modelDim;
  private final long seed;
  private transient WordEmbedding embedding;

  /**
   * A parser of text.
   *
   * @param modelDim how many numbers an embedding gets
   * @param seed draws another embedding for every word
   */
  public TextTokenParser(int modelDim, long seed) {
    this.modelDim = modelDim;
    this.seed = seed;
  }

  @Override
  public void parse(RawRecord record, Consumer<Token> tokens, Consumer<DeadLetter> deadLetters) {
    try {
      check(record);
    } catch (Rejection e) {
      deadLetters.accept(new DeadLetter(e.reason(), e.getMessage(), sequenceId(record), record));
      return;
    }
    if (embedding == null) {
      embedding = new WordEmbedding(modelDim, seed);
    }
    String id = record.source();
    byte[] bytes = record.bytes();
    int mark = record.markBytes();
    List<String> words =
        WhiteSpace.words(new String(bytes, mark, bytes.length - mark, StandardCharsets.UTF_8));
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean last = i == words.size() - 1;
      tokens.accept(new Token(id, i, embedding.of(word, i), word, null, last, record.source()));
    }
  }

  private static void check(RawRecord record) throws Rejection {
    int valid = Utf8.validBytes(record.bytes());
    if (valid < record.bytes().length) {
      throw Rejection.malformed("byte " + valid + " is not UTF-8");
    }
    JsonTokenParser.checkIdLength("sequence_id", record.source());
  }
}
