package io.headstream.job.app.options;

import io.headstream.job.app.output.StandardStreamSink;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.StdinSource;
import io.headstream.job.records.ReadRecord;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/** A standard stream of this JVM. */
public enum StandardStream implements Place {
  /** Read from, where the input is {@code -}. */
  STDIN,
  /** Written to, where no output is named. */
  STDOUT,
  /** For dead letters beside answers on the standard output. */
  STDERR;

  @Override
  public Source<ReadRecord, ?, ?> source(Options options, RecordReader reader) {
    return new StdinSource(reader);
  }

  @Override
  public <T> Sink<T> sink(WrittenRecords<T> records, Topics topics) {
    return this == STDERR
        ? StandardStreamSink.stderr(records.lines())
        : StandardStreamSink.stdout(records.lines());
  }

  @Override
  public Place ofDeadLetters() {
    return STDERR;
  }

  @Override
  public String text() {
    return this == STDIN ? "-" : "";
  }
}
