package io.headstream.job.app.source;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;

/** Records as a source hands them to a parser. */
public final class AsItIs {
  private static final TokenParser PARSER = ReadRecord::new;

  private AsItIs() {}

  /** Takes each record for text. */
  public static RecordReader reader(int maxRecordBytes) {
    return new RecordReader(PARSER, maxRecordBytes);
  }

  /** What such a reader was given, also when it was too large. */
  public static RawRecord record(ReadRecord read) {
    return read.content() instanceof DeadLetter letter
        ? (RawRecord) letter.record()
        : (RawRecord) read.content();
  }
}
