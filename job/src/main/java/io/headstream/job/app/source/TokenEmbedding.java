package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Gives tokens the embeddings that their records did not bring. Apart from the parsing, because it
 * may need a file that the job ships, which a source cannot get at. One instance serves one thread
 * at a time.
 */
public interface TokenEmbedding extends Serializable {
  /** For records that bring their embeddings. */
  TokenEmbedding OF_RECORD = (record, tokens) -> tokens.accept((Token) record.content());

  /** Loads what is needed; once, before the first record. */
  default void open(RuntimeContext context) throws IOException {
    // Most need nothing.
  }

  /** Gives back what {@link #open} has loaded; also after a failure there. */
  default void close() {
    // Most have nothing.
  }

  /**
   * Hands on the record's tokens.
   *
   * @param record no dead letter
   * @param tokens takes the tokens, in order; what it throws is passed on
   */
  void embed(ReadRecord record, Consumer<Token> tokens);
}
