package io.headstream.job.records;

import io.headstream.job.serialization.RecordTypeInfoFactory;
import io.headstream.job.serialization.SerializedBy;
import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * A record that could not be used, whole, with the reason.
 *
 * @param reason which rule it broke
 * @param detail what was wrong with which value, in one clause
 * @param source where it was read, such as {@code tokens.jsonl:17}
 * @param record the line exactly as it was read, or the token record as Headstream writes it; of a
 *     record that is too large its beginning
 * @param recordBytes the size of the whole record
 */
@TypeInfo(RecordTypeInfoFactory.class)
@SerializedBy(DeadLetterSerializer.class)
public record DeadLetter(
    Reason reason, String detail, String source, byte[] record, long recordBytes) {

  /** The dead letter of a record that is kept as it was read. */
  public static DeadLetter of(Reason reason, String detail, RawRecord raw) {
    return new DeadLetter(reason, detail, raw.source(), raw.bytes(), raw.sizeBytes());
  }
}
