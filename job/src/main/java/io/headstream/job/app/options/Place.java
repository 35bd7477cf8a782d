package io.headstream.job.app.options;

import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/** Where records come from or go to: a file or folder, a Kafka topic or a standard stream. */
public sealed interface Place permits FileLocation, Topic, StandardStream {
  /** What dead letters' place is called beside that of the answers. */
  String DEAD_LETTERS_SUFFIX = "-dead-letters";

  /**
   * The place that an option's text names.
   *
   * @throws UsageException if there cannot be a file, folder or topic of this name
   */
  static Place of(String option, String text, StandardStream dash) {
    if (text.equals("-")) {
      return dash;
    }
    return Topic.isOne(text) ? Topic.of(option, text) : FileLocation.of(option, text);
  }

  /**
   * A source of the records that are here.
   *
   * @param reader reads each
   */
  Source<ReadRecord, ?, ?> source(Options options, RecordReader reader) throws IOException;

  /**
   * A sink into this place.
   *
   * @param records what is written
   * @param topics how the job's topics are written, looked at before
   */
  <T> Sink<T> sink(WrittenRecords<T> records, Topics topics);

  /** Where dead letters go if this is the place for answers and no other is named. */
  Place ofDeadLetters();

  /** The largest record that can be written here; empty where there is no bound. */
  default Optional<RecordBound> largestRecord(Topics topics) {
    return Optional.empty();
  }

  /** One text for one place, however a user wrote it and from wherever it was meant. */
  String text();
}
