package io.headstream.job.app.source;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Reason;
import java.io.Serializable;

/**
 * What a source calls for each record, on the task's thread: so a record is parsed once, and its
 * timestamp is known where the watermark of its split is made.
 *
 * @param parser understands the format
 * @param maxRecordBytes a longer record is {@link Reason#TOO_LARGE}; of one that a source does not
 *     hold as a whole it keeps the first {@link RawRecord#KEPT_BYTES}
 */
public record RecordReader(TokenParser parser, int maxRecordBytes) implements Serializable {

  /** What the record is. */
  public ReadRecord read(RawRecord record) {
    if (!record.tooLarge() && record.sizeBytes() - record.markBytes() <= maxRecordBytes) {
      return parser.parse(record);
    }
    String detail =
        "record has " + record.sizeBytes() + " bytes, max-record-bytes is " + maxRecordBytes;
    RawRecord beginning = record.beginning();
    return new ReadRecord(
        new DeadLetter(Reason.TOO_LARGE, detail, parser.sequenceId(beginning), beginning));
  }
}
