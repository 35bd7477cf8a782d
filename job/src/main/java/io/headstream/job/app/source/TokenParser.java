package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.io.Serializable;

/** Understands the records of a format. One instance serves one thread at a time. */
public interface TokenParser extends Serializable {

  /**
   * The record's token, or a dead letter; or the record itself where it is text, whose words become
   * tokens behind the source. Never throws for what the record holds.
   *
   * @param record whole: {@link RecordReader} has set aside what is too large
   */
  ReadRecord parse(RawRecord record);

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
