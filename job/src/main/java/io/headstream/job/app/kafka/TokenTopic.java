package io.headstream.job.app.kafka;

import io.headstream.job.app.source.RecordReader;
import io.headstream.job.records.ReadRecord;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** A source of the values of a Kafka topic's records. */
public final class TokenTopic {
  private TokenTopic() {}

  /**
   * What the values are, each as {@code TOPIC:PARTITION:OFFSET}; partitions are read in parallel,
   * each in its order.
   *
   * <p>Reads committed records alone, unless {@code isolation.level} says otherwise. When the topic
   * has deleted records before they were read, the source fails instead of going on behind a gap,
   * unless {@code auto.offset.reset} says where to go on. Offsets are committed with checkpoints,
   * where there is a {@code group.id}.
   *
   * @param topic its name
   * @param clients properties of the Kafka clients, {@code bootstrap.servers} among them
   * @param from where to begin without state
   * @param untilLatest whether to end at what are the latest records at the start, or never
   * @param reader reads each value
   */
  public static Source<ReadRecord, ?, ?> source(
      String topic,
      Map<String, String> clients,
      StartFrom from,
      boolean untilLatest,
      RecordReader reader) {
    Properties properties = new Properties();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.putAll(clients);
    // Otherwise the connector warns that it takes the property from the offsets.
    properties.remove(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
    KafkaSourceBuilder<ReadRecord> source =
        KafkaSource.<ReadRecord>builder()
            .setTopics(topic)
            .setProperties(properties)
            .setStartingOffsets(start(from, clients))
            .setDeserializer(new TopicValues(reader));
    if (!untilLatest) {
      return source.build();
    }
    source.setBounded(new TopicOffsets(StartFrom.LATEST, OffsetResetStrategy.NONE));
    return new BoundedTopic(source.build());
  }

  static TopicOffsets start(StartFrom from, Map<String, String> clients) {
    String whenGone = clients.getOrDefault(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new TopicOffsets(from, OffsetResetStrategy.valueOf(whenGone.toUpperCase(Locale.ROOT)));
  }
}
