package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * A record that could not be used, whole, with the reason.
 *
 * @param reason which rule it broke
 * @param detail what was wrong with which value, in one clause
 * @param sequenceId which sequence it belongs to; null where that cannot be read
 * @param record as it was read, of one that is too large its beginning; or the token made of it
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(DeadLetterSerializer.class)
public record DeadLetter(Reason reason, String detail, String sequenceId, Content record)
    implements ReadRecord.Content {

  /** What could not be used. */
  public sealed interface Content permits RawRecord, Token {

    /** Where it was read, such as {@code tokens.jsonl:17}. */
    String source();
  }

  /** The dead letter of a token. */
  public DeadLetter(Reason reason, String detail, Token token) {
    this(reason, detail, token.sequenceId(), token);
  }

  /** Where the record was read. */
  public String source() {
    return record.source();
  }
}
