package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.kafka.Delivery;
import io.headstream.job.app.kafka.StartFrom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaOptionsTest {
  private static final String SERVERS = "--kafka.bootstrap.servers=localhost:1";
  private static final String SECRET = "hunter2-s3cret";

  @Test
  void clientsGetEveryKeyAsItWasTyped() {
    Options options =
        parse(
            "--kafka.security.protocol",
            "SASL_SSL",
            "--input",
            "kafka:in",
            "--kafka.sasl.jaas.config=a.Module required username=\"u\" password=\"p=q\";",
            SERVERS,
            "--kafka.client.rack=");

    assertThat(options.kafkaClients())
        .isEqualTo(
            Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.jaas.config", "a.Module required username=\"u\" password=\"p=q\";",
                "bootstrap.servers", "localhost:1",
                "client.rack", ""));
    assertThat(options.from()).isEqualTo(StartFrom.EARLIEST);
    assertThat(options.untilLatest()).isFalse();
    assertThat(options.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
  }

  @Test
  void wordsAreRead() {
    Options options =
        parse(
            "--input=kafka:in",
            "--output=kafka:out",
            SERVERS,
            "--kafka.group.id=g",
            "--from=committed",
            "--until=latest",
            "--delivery=at-least-once");

    assertThat(options.from()).isEqualTo(StartFrom.COMMITTED);
    assertThat(options.untilLatest()).isTrue();
    assertThat(options.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
  }

  @Test
  void deadLettersGoBesideTheOutput() {
    Places both = places("--input=kafka:in", "--output=kafka:out", SERVERS);
    assertThat(both.input().text()).isEqualTo("kafka:in");
    assertThat(both.output().text()).isEqualTo("kafka:out");
    assertThat(both.deadLetters().text()).isEqualTo("kafka:out-dead-letters");
    Places folder =
        places("--input=kafka:in", "--output=kafka:out", "--dead-letters=folder", SERVERS);
    assertThat(folder.deadLetters()).isNotInstanceOf(Topic.class);
    Places input = places("--input=kafka:in", "--output=folder", SERVERS);
    assertThat(input.output()).isNotInstanceOf(Topic.class);
    assertThat(input.deadLetters()).isNotInstanceOf(Topic.class);
    Places letters = places("--input=-", "--dead-letters=kafka:letters", SERVERS);
    assertThat(letters.input()).isNotInstanceOf(Topic.class);
    assertThat(letters.deadLetters().text()).isEqualTo("kafka:letters");
  }

  @Test
  void transactionalIdsFollowFromThePlacesAlone() {
    String id = topics("--input=kafka:in", "--output=kafka:out", SERVERS).transactionalId();

    assertThat(id).matches("headstream-[0-9a-f]{16}");
    assertThat(
            topics("--kafka.bootstrap.servers=b:2", "--input=kafka:in", "--output=kafka:out")
                .transactionalId())
        .isEqualTo(id);
    assertThat(topics("--input=kafka:in2", "--output=kafka:out", SERVERS).transactionalId())
        .isNotEqualTo(id);
    assertThat(topics("--input=kafka:in", "--output=kafka:out2", SERVERS).transactionalId())
        .isNotEqualTo(id);
    assertThat(
            topics(
                    "--input=kafka:in",
                    "--output=kafka:out",
                    SERVERS,
                    "--kafka.transactional.id=mine")
                .transactionalId())
        .isEqualTo("mine");
  }

  @Test
  void attentionWeightsMayGoToATopicOfTheirOwn() {
    String[] arguments = {
      "--input=kafka:in",
      "--output=folder",
      "--attention-weights=kafka:weights",
      "--attention-weights-for=a",
      "--delivery=exactly-once",
      SERVERS
    };
    Topics topics = topics(arguments);
    assertThat(places(arguments).attentionWeights().map(Place::text)).hasValue("kafka:weights");
    assertThat(topics.writes()).isTrue();
    String id = topics.transactionalId();
    arguments[2] = "--attention-weights=kafka:others";
    assertThat(topics(arguments).transactionalId()).isNotEqualTo(id);
    arguments[2] = "--attention-weights=folder-of-weights";
    arguments[4] = "--seed=1";
    assertThat(places(arguments).attentionWeights()).containsInstanceOf(FileLocation.class);
    assertThat(topics(arguments).writes()).isFalse();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refused("--kafka.group.id: its value is missing", "--input=a", "--kafka.group.id"),
        refused("--kafka.a: its value is missing", "--kafka.a", "--input=a"),
        refused("--kafka.: its key is missing", "--input=a", "--kafka.", SECRET),
        refused("--kafka.a: given more than once", "--kafka.a=" + SECRET, "--kafka.a", SECRET),
        refused("--kafka.value.serializer: not to be set", "--kafka.value.serializer=x"),
        refused("--kafka.b: there is no Kafka topic", "--input=-", "--kafka.b=" + SECRET),
        refused("--from: only with --input kafka:TOPIC", "--input=-", "--from=latest"),
        refused("--until: only with --input kafka:TOPIC", "--input=-", "--until=latest"),
        refused("--delivery: only with", "--input=-", "--delivery=exactly-once"),
        refused("--from: found 'first', expected earliest, latest", "--input=-", "--from=first"),
        refused("--until: found 'end', expected latest", "--input=-", "--until=end"),
        refused("--delivery: found 'twice', expected exactly-once or", "--delivery=twice"),
        refused("--kafka.bootstrap.servers: missing, expected HOST:PORT", "--input=kafka:in"),
        refused("--kafka.bootstrap.servers: missing", "--input=-", "--output=kafka:out"),
        refused("--kafka.group.id: missing", "--input=kafka:in", SERVERS, "--from=committed"),
        refused(
            "--kafka.auto.offset.reset: found 'first', expected earliest, latest or none",
            "--input=kafka:in",
            SERVERS,
            "--kafka.auto.offset.reset=first"),
        refused("--input: found 'kafka:', expected kafka:TOPIC", "--input=kafka:", SERVERS),
        refused("--input: found 'kafka:..', expected", "--input=kafka:..", SERVERS),
        refused("--output: found 'kafka:a b', expected", "--input=-", "--output=kafka:a b"),
        refused(
            "--output: found 'kafka:in', expected another topic than that of --input",
            "--input=kafka:in",
            "--output=kafka:in",
            SERVERS),
        refused(
            "--dead-letters: found 'kafka:out', expected another topic than that of --output",
            "--input=kafka:in",
            "--output=kafka:out",
            "--dead-letters=kafka:out",
            SERVERS),
        refused(
            "--attention-weights: found 'kafka:out', expected another topic than that of --output",
            "--input=kafka:in",
            "--output=kafka:out",
            "--attention-weights=kafka:out",
            "--attention-weights-sample=9",
            SERVERS),
        refused(
            "--attention-weights: found 'kafka:', expected kafka:TOPIC",
            "--input=-",
            "--attention-weights=kafka:",
            "--attention-weights-sample=9",
            SERVERS),
        refused(
            "--kafka.bootstrap.servers: missing, expected HOST:PORT[,HOST:PORT...] to reach"
                + " kafka:weights",
            "--input=-",
            "--attention-weights=kafka:weights",
            "--attention-weights-sample=9"));
  }

  private static Arguments refused(String start, String... arguments) {
    return Arguments.of(start, arguments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void refusesInOneLineThatNamesNoSecret(String expected, String[] arguments) {
    assertThatThrownBy(() -> Options.parse(RunsOn.EMBEDDED, arguments))
        .as(Arrays.toString(arguments))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(expected)
        .message()
        .doesNotContain(SECRET)
        .matches("[^\\p{Cntrl}]+");
  }

  /** No broker listens on port 1. */
  @Test
  void aClusterThatIsNotThereIsNamedWithoutSecrets() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--input=kafka:in",
                SERVERS,
                "--kafka.default.api.timeout.ms=300",
                "--kafka.request.timeout.ms=200"));
    assertRefused(arguments, "--kafka.bootstrap.servers: found 'localhost:1', expected a Kafka");

    arguments.set(1, "--kafka.bootstrap.servers=not.a.host.invalid:1");
    assertRefused(arguments, "--kafka.bootstrap.servers: found 'not.a.host.invalid:1', expected");
    arguments.set(1, SERVERS);
    arguments.addAll(
        List.of(
            "--kafka.security.protocol=SASL_PLAINTEXT",
            "--kafka.sasl.mechanism=PLAIN",
            // the quotes were eaten by a shell, and the password is where a flag should be
            "--kafka.sasl.jaas.config=a.Module " + SECRET + " password=" + SECRET + ";"));
    assertRefused(arguments, "--kafka.bootstrap.servers: found 'localhost:1', expected");
  }

  private static void assertRefused(List<String> arguments, String start) {
    Options options = parse(arguments.toArray(String[]::new));
    assertThatThrownBy(() -> Locations.of(options))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(start)
        .message()
        .doesNotContain(SECRET)
        .matches("[^\\p{Cntrl}]+");
  }

  private static Topics topics(String... arguments) {
    Options options = parse(arguments);
    return Topics.of(Places.of(options), options);
  }

  private static Places places(String... arguments) {
    return Places.of(parse(arguments));
  }

  private static Options parse(String... arguments) {
    return Options.parse(RunsOn.EMBEDDED, arguments);
  }
}
