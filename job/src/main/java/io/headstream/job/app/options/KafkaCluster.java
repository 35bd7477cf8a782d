package io.headstream.job.app.options;

import io.headstream.job.app.kafka.RecordBound;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka cluster as it was before the job started.
 *
 * @param id which one it is
 * @param maxBytesByTopic the size of the largest record of each topic
 */
record KafkaCluster(String id, Map<String, Integer> maxBytesByTopic) {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaCluster.class);
  private static final String PATIENCE_MILLIS = "30000";
  private static final int DEFAULT_REQUEST_BYTES = 1 << 20;
  private static final int DEFAULT_BUFFER_BYTES = 32 << 20;
  private static final String SERVERS = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;

  /**
   * Looks at a cluster.
   *
   * @param clients the clients' properties
   * @param topics by their names
   * @throws UsageException if the cluster cannot be reached, or a topic is not there or takes no
   *     dead letters
   */
  static KafkaCluster look(Map<String, String> clients, Map<String, Topic> topics) {
    Properties properties = new Properties();
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    properties.putAll(clients);
    try (Admin admin = Admin.create(properties)) {
      String id = admin.describeCluster().clusterId().get();
      Map<String, KafkaFuture<?>> descriptions = new HashMap<>();
      descriptions.putAll(admin.describeTopics(topics.keySet()).topicNameValues());
      for (Topic topic : topics.values()) {
        find(topic, descriptions.get(topic.name()));
      }
      int produced = largestRequest(clients);
      Map<String, Integer> maxBytes = new HashMap<>();
      largestBatches(admin, topics.keySet())
          .forEach((topic, bytes) -> maxBytes.put(topic, Math.min(produced, bytes)));
      return new KafkaCluster(id, maxBytes);
    } catch (ExecutionException e) {
      throw unusable(clients, e.getCause());
    } catch (KafkaException e) {
      throw unusable(clients, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException(KafkaArguments.PREFIX + SERVERS + ": interrupted while looking");
    }
  }

  /** The largest record that a topic takes. */
  RecordBound largestRecord(Topic topic) {
    int bytes = maxBytesByTopic.get(topic.name());
    if (bytes < RecordBound.LEAST_BYTES) {
      throw UsageException.unexpected(
          topic.option(),
          topic,
          "a topic with max.message.bytes, and --kafka.max.request.size, of at least "
              + RecordBound.LEAST_BYTES
              + ", not "
              + bytes);
    }
    return new RecordBound(bytes);
  }

  private static void find(Topic topic, KafkaFuture<?> description)
      throws ExecutionException, InterruptedException {
    try {
      description.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw UsageException.unexpected(topic.option(), topic, "a topic that is there");
      }
      if (e.getCause() instanceof AuthorizationException) {
        throw UsageException.unexpected(
            topic.option(), topic, "a topic that this user may describe");
      }
      throw e;
    }
  }

  private static Map<String, Integer> largestBatches(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    Map<String, Integer> bytes = new HashMap<>();
    for (String topic : topics) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      try {
        Config config = admin.describeConfigs(List.of(resource)).values().get(resource).get();
        bytes.put(
            topic, Integer.parseInt(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value()));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
        LOG.warn(
            "The user may not read the configuration of topic {}; its max.message.bytes is taken to"
                + " be no smaller than the producer's max.request.size",
            topic);
        bytes.put(topic, Integer.MAX_VALUE);
      }
    }
    return bytes;
  }

  private static int largestRequest(Map<String, String> clients) {
    return Math.min(
        number(clients, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DEFAULT_REQUEST_BYTES),
        number(clients, ProducerConfig.BUFFER_MEMORY_CONFIG, DEFAULT_BUFFER_BYTES));
  }

  private static int number(Map<String, String> clients, String key, int absent) {
    String text = clients.get(key);
    if (text == null) {
      return absent;
    }
    try {
      return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      throw UsageException.unexpected(KafkaArguments.PREFIX + key, text, "a number of bytes");
    }
  }

  /** A line that names no secret: Kafka's messages repeat values of properties. */
  private static UsageException unusable(Map<String, String> clients, Throwable failure) {
    String option = KafkaArguments.PREFIX + SERVERS;
    String servers = clients.get(SERVERS);
    String why = " (" + Secrets.of(clients).hide(reason(failure)) + ")";
    if (failure instanceof TimeoutException) {
      return UsageException.unexpected(option, servers, "a Kafka broker that can be reached" + why);
    }
    if (failure instanceof AuthenticationException || failure instanceof AuthorizationException) {
      return UsageException.unexpected(
          option, servers, "a Kafka broker that lets this user in" + why);
    }
    return UsageException.unexpected(option, servers, "a Kafka broker that can be used" + why);
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
