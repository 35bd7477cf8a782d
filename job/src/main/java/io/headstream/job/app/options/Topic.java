package io.headstream.job.app.options;

import io.headstream.job.app.kafka.OutputTopic;
import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.TokenTopic;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.records.ReadRecord;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;

/** A Kafka topic that an option names as {@code kafka:TOPIC}. */
public record Topic(String option, String name) implements Place {
  private static final String SCHEME = "kafka:";

  /** What Kafka allows, but for the names of folders. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

  /** Whether a URI is meant to name a topic. */
  public static boolean isOne(String uri) {
    return uri.startsWith(SCHEME);
  }

  /**
   * The topic that a URI names.
   *
   * @throws UsageException if there cannot be such a topic
   */
  static Topic of(String option, String uri) {
    Topic topic = new Topic(option, uri.substring(SCHEME.length()));
    if (!NAME.matcher(topic.name).matches()) {
      throw UsageException.unexpected(
          option, uri, "kafka:TOPIC, a topic of at most 249 letters, digits, '.', '_' and '-'");
    }
    return topic;
  }

  @Override
  public Source<ReadRecord, ?, ?> source(Options options, RecordReader reader) {
    return TokenTopic.source(
        name, options.kafkaClients(), options.from(), options.untilLatest(), reader);
  }

  @Override
  public <T> Sink<T> sink(WrittenRecords<T> records, Topics topics) {
    return OutputTopic.sink(
        records.ofTopic().apply(this, topics),
        topics.clients(),
        topics.delivery(),
        topics.transactionalId() + "-" + records.name());
  }

  @Override
  public Place ofDeadLetters() {
    return new Topic("--dead-letters", name + DEAD_LETTERS_SUFFIX);
  }

  @Override
  public Optional<RecordBound> largestRecord(Topics topics) {
    return Optional.of(topics.largestRecord(this));
  }

  @Override
  public String text() {
    return toString();
  }

  /** As the user writes it. */
  @Override
  public String toString() {
    return SCHEME + name;
  }
}
