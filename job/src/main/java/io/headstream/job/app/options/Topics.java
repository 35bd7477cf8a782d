package io.headstream.job.app.options;

import io.headstream.job.app.kafka.RecordBound;
import io.headstream.job.app.kafka.StartFrom;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The Kafka topics that the options name, and how their cluster is reached.
 *
 * <p>Where the output is a topic and no place is named for the dead letters, they go to the topic
 * beside it.
 */
public final class Topics {
  private static final String DEAD_LETTERS_SUFFIX = "-dead-letters";
  private static final String NO_TOPIC =
      ": there is no Kafka topic, expected kafka:TOPIC as --input, --output, --dead-letters or"
          + " --attention-weights";
  private static final String SERVERS = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;

  private final Topic input; // null: no topic
  private final Topic output; // null: no topic
  private final Topic deadLetters; // null: no topic
  private final Topic attentionWeights; // null: no topic
  private final Map<String, String> clients;
  private final String jobName;
  private KafkaCluster cluster; // null: not looked at yet, or no topics

  private Topics(Options options) {
    input = Topic.of("--input", options.input()).orElse(null);
    output = Topic.of("--output", options.output().orElse(null)).orElse(null);
    deadLetters =
        options.deadLetters().isPresent()
            ? Topic.of("--dead-letters", options.deadLetters().get()).orElse(null)
            : output == null
                ? null
                : new Topic("--dead-letters", output.name() + DEAD_LETTERS_SUFFIX);
    attentionWeights =
        Topic.of("--attention-weights", options.attentionWeights().orElse(null)).orElse(null);
    clients = options.kafkaClients();
    jobName =
        place(input, "--input", Optional.of(options.input()))
            + '\n'
            + place(output, "--output", options.output())
            + '\n'
            + place(deadLetters, "--dead-letters", options.deadLetters())
            // The IDs of jobs without such a topic are as they were before there was one.
            + (attentionWeights == null ? "" : "\n" + attentionWeights);
  }

  /** A place by one name, however it was written and from wherever it was meant. */
  private static String place(Topic topic, String option, Optional<String> uri) {
    if (topic != null) {
      return topic.toString();
    }
    return uri.map(u -> u.equals("-") ? u : FileLocation.of(option, u).path().toString())
        .orElse("");
  }

  /**
   * The topics of the options, not looked at yet.
   *
   * @throws UsageException if a name cannot be a topic's, if one topic is named for two purposes,
   *     or if something is said about Kafka that goes with no topic, or is missing
   */
  static Topics of(Options options) {
    Topics topics = new Topics(options);
    topics.checkOptions(options);
    return topics;
  }

  /** The name of the topic to read, or empty where the input is none. */
  public Optional<String> input() {
    return Optional.ofNullable(input).map(Topic::name);
  }

  /** The name of the topic for the answers, or empty where the output is none. */
  public Optional<String> output() {
    return Optional.ofNullable(output).map(Topic::name);
  }

  /** The name of the topic for the dead letters, or empty where they go elsewhere. */
  public Optional<String> deadLetters() {
    return Optional.ofNullable(deadLetters).map(Topic::name);
  }

  /** The name of the topic for attention weights, or empty where they go elsewhere, or nowhere. */
  public Optional<String> attentionWeights() {
    return Optional.ofNullable(attentionWeights).map(Topic::name);
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

  /** The largest answer that the output's topic takes; only after {@link #look}. */
  public RecordBound largestAnswer() {
    return cluster.largestRecord(output);
  }

  /** The largest dead letter that its topic takes; only after {@link #look}. */
  public RecordBound largestDeadLetter() {
    return cluster.largestRecord(deadLetters);
  }

  /** The largest record of attention weights that its topic takes; only after {@link #look}. */
  public RecordBound largestAttentionWeights() {
    return cluster.largestRecord(attentionWeights);
  }

  /** Which cluster it is, whatever its servers are called; null where there are no topics. */
  public String clusterId() {
    return cluster == null ? null : cluster.id();
  }

  /** The topic to read; null where the input is none. */
  public Topic inputTopic() {
    return input;
  }

  /** The topic for the answers; null where the output is none. */
  public Topic outputTopic() {
    return output;
  }

  /** The topic for the dead letters; null where they go elsewhere. */
  public Topic deadLettersTopic() {
    return deadLetters;
  }

  /** The topic for attention weights; null where they go elsewhere, or nowhere. */
  public Topic attentionWeightsTopic() {
    return attentionWeights;
  }

  /**
   * Looks whether the cluster is there, and all topics in it.
   *
   * @throws UsageException if not
   */
  void look() {
    if (any()) {
      cluster = KafkaCluster.look(clients, named());
    }
  }

  /** Whether answers, dead letters or attention weights go to a topic. */
  public boolean writes() {
    return output != null || deadLetters != null || attentionWeights != null;
  }

  private boolean any() {
    return !named().isEmpty();
  }

  private Map<String, Topic> named() {
    Map<String, Topic> byName = new LinkedHashMap<>();
    Stream.of(input, output, deadLetters, attentionWeights)
        .filter(Objects::nonNull)
        .forEach(topic -> byName.put(topic.name(), topic));
    return byName;
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
      if (input == null && options.given(option)) {
        throw new UsageException(option + ": only with --input kafka:TOPIC");
      }
    }
    if (!writes() && options.given("--delivery")) {
      throw new UsageException(
          "--delivery: only with --output, --dead-letters or --attention-weights kafka:TOPIC");
    }
    refuseSame(output, input);
    refuseSame(deadLetters, input);
    refuseSame(deadLetters, output);
    refuseSame(attentionWeights, input);
    refuseSame(attentionWeights, output);
    refuseSame(attentionWeights, deadLetters);
    if (any()) {
      require(
          SERVERS, "HOST:PORT[,HOST:PORT...]", "to reach " + named().values().iterator().next());
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
    if (one != null && other != null && one.name().equals(other.name())) {
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
