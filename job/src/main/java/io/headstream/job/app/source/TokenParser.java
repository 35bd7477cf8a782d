package io.headstream.job.app.source;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Makes tokens of a record as it was read. One instance serves one thread at a time. */
public interface TokenParser extends Serializable {

  /** Loads what parsing needs; once, before the first record. */
  default void open(RuntimeContext context) throws IOException {
    // Most need nothing.
  }

  /** Gives back what {@link #open} has loaded; also after a failure there. */
  default void close() {
    // Most have nothing.
  }

  /**
   * Hands on the record's tokens, or one dead letter, and never throws for what the record holds.
   *
   * @param record whole: {@link ParseTokens} has set aside what is too large
   * @param tokens takes the tokens, in order; what it throws is passed on
   * @param deadLetters takes the record when it cannot be used
   */
  void parse(RawRecord record, Consumer<Token> tokens, Consumer<DeadLetter> deadLetters);

  /**
   * The ID of the sequence that a record belongs to which cannot be used, as far as it can be read;
   * otherwise null.
   *
   * @param record may be cut
   */
  default String sequenceId(RawRecord record) {
    return null;
  }
}
