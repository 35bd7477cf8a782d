package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes a line of text one sequence: each word is a token with the word as its label, and the
 * line's source, such as {@code README.md:17}, is the sequence's ID.
 */
public final class TextEmbedding implements TokenEmbedding {
  private static final long serialVersionUID = 1L;

  private final int modelDim;
  private final long seed;
  private transient WordEmbedding embedding;

  /**
   * An embedding of words.
   *
   * @param modelDim how many numbers a word gets
   * @param seed draws other numbers for every word
   */
  public TextEmbedding(int modelDim, long seed) {
    this.modelDim = modelDim;
    this.seed = seed;
  }

  @Override
  public void embed(ReadRecord record, Consumer<Token> tokens) {
    if (embedding == null) {
      embedding = new WordEmbedding(modelDim, seed);
    }
    RawRecord line = (RawRecord) record.content();
    String id = line.source();
    int mark = line.markBytes();
    List<String> words =
        WhiteSpace.words(
            new String(line.bytes(), mark, line.bytes().length - mark, StandardCharsets.UTF_8));
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean last = i == words.size() - 1;
      tokens.accept(new Token(id, i, embedding.of(word, i), word, null, last, id));
    }
  }
}
