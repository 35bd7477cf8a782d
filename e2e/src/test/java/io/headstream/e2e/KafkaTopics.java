package io.headstream.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of a broker, as a test fills and reads them. */
final class KafkaTopics implements AutoCloseable {
  static final int PARTITIONS = 4;

  private final Map<String, Object> clients;
  private final Admin admin;

  /** With the clients' properties. */
  KafkaTopics(Map<String, String> clients) {
    this.clients = new HashMap<>(clients);
    this.clients.put("max.request.size", 20_000_000);
    this.clients.put("buffer.memory", 64_000_000L);
    admin = Admin.create(this.clients);
  }

  void create(String... topics) throws Exception {
    for (String topic : topics) {
      create(topic, Map.of());
    }
  }

  void create(String topic, Map<String, String> configuration) throws Exception {
    NewTopic created = new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty());
    admin.createTopics(List.of(created.configs(configuration))).all().get();
  }

  /** Writes records and waits until the broker has them. */
  void write(Iterable<ProducerRecord<byte[], byte[]>> records) throws Exception {
    List<Exception> failures = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure != null) {
                failures.add(failure);
              }
            });
      }
      producer.flush();
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** How many offsets a topic has for readers of an isolation level. */
  long end(String topic, IsolationLevel isolation) throws ExecutionException, InterruptedException {
    return ends(topic, isolation).values().stream().mapToLong(Long::longValue).sum();
  }

  /** The sum of a group's committed offsets. */
  long committed(String group) throws ExecutionException, InterruptedException {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  private Map<TopicPartition, Long> ends(String topic, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.latest()));
    return admin
        .listOffsets(latest, new ListOffsetsOptions(isolation))
        .all()
        .get()
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  /** All records of a topic that a reader of an isolation level sees now. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic, IsolationLevel isolation)
      throws Exception {
    Map<String, Object> properties = new HashMap<>(clients);
    properties.put("isolation.level", isolation.toString().toLowerCase(Locale.ROOT));
    Map<TopicPartition, Long> ends = ends(topic, isolation);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
      while (ends.keySet().stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        if (System.nanoTime() > deadline) {
          throw new AssertionError("%s cannot be read to its end %s".formatted(topic, ends));
        }
      }
    }
    return records;
  }

  /** The values of {@link #read} as text. */
  List<String> values(String topic, IsolationLevel isolation) throws Exception {
    return read(topic, isolation).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
