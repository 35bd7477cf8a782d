package io.headstream.job.app.options;

import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.StartFrom;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The Kafka topics among the places that the options name, and how their cluster is reached. */
public final class Topics {
  private static final String NO_TOPIC =
      ": there is no Kafka topic, expected kafka:TOPIC as --input, --output, --dead-letters or"
          + " --attention-weights";
  private static final String SERVERS = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;

  private final Places places;
  private final List<Topic> written;
  private final Map<String, Topic> byName = new LinkedHashMap<>();
  private final Map<String, String> clients;
  private final Delivery delivery;
  private final boolean unbounded; // whether a topic is read that never ends
  private final String jobName;
  private KafkaCluster cluster; // null: not looked at yet, or no topics

  private Topics(Places places, Options options) {
    this.places = places;
    written = places.written(Topic.class);
    Optional<Topic> input = places.input(Topic.class);
    Stream.concat(input.stream(), written.stream())
        .forEach(topic -> byName.put(topic.name(), topic));
    clients = options.kafkaClients();
    delivery = options.delivery();
    unbounded = input.isPresent() && !options.untilLatest();
    boolean besideFolder =
        options.deadLetters().isEmpty() && places.deadLetters() instanceof FileLocation;
    jobName =
        places.input().text()
            + '\n'
            + places.output().text()
            + '\n'
            + (besideFolder ? "" : places.deadLetters().text())
            // The IDs of jobs without such a topic are as they were before there was one.
            + places
                .attentionWeights()
                .filter(written::contains)
                .map(topic -> "\n" + topic.text())
                .orElse("");
  }

  /**
   * The topics among the places, not looked at yet.
   *
   * @throws UsageException if one topic is named for two purposes, or if something is said about
   *     Kafka that goes with no topic, or is missing
   */
  static Topics of(Places places, Options options) {
    Topics topics = new Topics(places, options);
    topics.checkOptions(options);
    return topics;
  }

  /** Properties of the Kafka clients; some may be secrets. */
  public Map<String, String> clients() {
    return clients;
  }

  /**
   * How the transactional IDs of this job begin. They follow from where it reads and writes, so
   * that they are the same after a restart; two jobs that run at a time and agree in all of that
   * have to be told apart by {@code --kafka.transactional.id}.
   */
  public String transactionalId() {
    String given = clients.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    return given != null ? given : "headstream-" + digest(jobName);
  }

  /** How topics are written. */
  Delivery delivery() {
    return delivery;
  }

  /** The largest record that a topic of the job takes; only after {@link #look}. */
  RecordBound largestRecord(Topic topic) {
    return cluster.largestRecord(topic);
  }

  /**
   * Refuses transactions that would never be committed.
   *
   * @param enabled whether the job makes checkpoints
   */
  public void checkCheckpoints(boolean enabled) {
    if (writes() && delivery == Delivery.EXACTLY_ONCE && unbounded && !enabled) {
      throw new UsageException(
          "--delivery exactly-once: not without checkpoints, with which transactions are committed;"
              + " expected execution.checkpointing.interval in Flink's configuration, or"
              + " at-least-once");
    }
  }

  /** Which cluster it is, whatever its servers are called; null where there are no topics. */
  public String clusterId() {
    return cluster == null ? null : cluster.id();
  }

  /**
   * Looks whether the cluster is there, and all topics in it.
   *
   * @throws UsageException if not
   */
  void look() {
    if (any()) {
      cluster = KafkaCluster.look(clients, byName);
    }
  }

  /** Whether answers, dead letters or attention weights go to a topic. */
  public boolean writes() {
    return !written.isEmpty();
  }

  private boolean any() {
    return !byName.isEmpty();
  }

  private void checkOptions(Options options) {
    if (!any() && !options.typedKafkaClients().isEmpty()) {
      throw new UsageException(
          KafkaArguments.PREFIX
              + options.typedKafkaClients().keySet().stream().sorted().findFirst().orElseThrow()
              + NO_TOPIC);
    }
    if (!any() && options.given(KafkaProperties.OPTION)) {
      throw new UsageException(KafkaProperties.OPTION + NO_TOPIC);
    }
    for (String option : new String[] {"--from", "--until"}) {
      if (places.input(Topic.class).isEmpty() && options.given(option)) {
        throw new UsageException(option + ": only with --input kafka:TOPIC");
      }
    }
    if (!writes() && options.given("--delivery")) {
      throw new UsageException(
          "--delivery: only with --output, --dead-letters or --attention-weights kafka:TOPIC");
    }
    List<Topic> others = new ArrayList<>(places.input(Topic.class).stream().toList());
    for (Topic topic : written) {
      others.forEach(other -> refuseSame(topic, other));
      others.add(topic);
    }
    if (any()) {
      require(SERVERS, "HOST:PORT[,HOST:PORT...]", "to reach " + byName.values().iterator().next());
    }
    String whenGone = clients.getOrDefault(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    if (!Set.of("earliest", "latest", "none").contains(whenGone)) {
      throw UsageException.unexpected(
          KafkaArguments.PREFIX + ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          whenGone,
          "earliest, latest or none");
    }
    if (options.from() == StartFrom.COMMITTED) {
      require(ConsumerConfig.GROUP_ID_CONFIG, "the group", "which has committed, for --from");
    }
  }

  private void require(String key, String value, String why) {
    if (clients.getOrDefault(key, "").isBlank()) {
      throw new UsageException(
          KafkaArguments.PREFIX + key + ": missing, expected " + value + " " + why);
    }
  }

  private static void refuseSame(Topic one, Topic other) {
    if (one.name().equals(other.name())) {
      throw UsageException.unexpected(
          one.option(), one, "another topic than that of " + other.option());
    }
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
