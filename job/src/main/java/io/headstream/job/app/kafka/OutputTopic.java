package io.headstream.job.app.kafka;

import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** A sink into a Kafka topic. */
public final class OutputTopic {
  /** As long as a broker allows unless it is told otherwise: 15 minutes. */
  private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";

  private OutputTopic() {}

  /**
   * A sink that writes as {@link Delivery} says.
   *
   * <p>Exactly once, a transaction is committed when its checkpoint is complete. A job that stays
   * down longer than {@code transaction.timeout.ms} (15 minutes unless the clients' properties say
   * otherwise) finds that the broker has taken back what was written but not committed.
   *
   * <p>Transactional IDs are used again, a few for each subtask, and what a killed run has left
   * open is taken back at the next start, so that it does not hold up the topic's readers.
   *
   * @param clients properties of the Kafka clients, {@code bootstrap.servers} among them
   * @param transactionalId how transactional IDs begin: the same after each restart, and not the
   *     beginning of those of another sink
   */
  public static <T> KafkaSink<T> sink(
      TopicRecords<T> records,
      Map<String, String> clients,
      Delivery delivery,
      String transactionalId) {
    Properties properties = new Properties();
    properties.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
    properties.putAll(clients);
    properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(properties)
        .setRecordSerializer(records)
        .setDeliveryGuarantee(delivery.guarantee())
        .setTransactionalIdPrefix(transactionalId)
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .build();
  }
}
