package io.headstream.job.app.source;

import io.headstream.job.app.json.Utf8;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;

/**
 * Takes a line of text as it is where it can be a sequence. {@link TextEmbedding} makes its words
 * tokens, behind the source: a line travels as text, which is far smaller than its embeddings.
 */
public final class TextTokenParser implements TokenParser {
  private static final long serialVersionUID = 1L;

  @Override
  public ReadRecord parse(RawRecord record) {
    try {
      check(record);
      return new ReadRecord(record);
    } catch (Rejection e) {
      return new ReadRecord(new DeadLetter(e.reason(), e.getMessage(), null, record));
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
