package io.headstream.e2e;

import static io.headstream.e2e.SecuredBroker.PASSWORD;
import static io.headstream.e2e.SecuredBroker.PLAIN;
import static io.headstream.e2e.SecuredBroker.STORE_PASSWORD;
import static io.headstream.e2e.SecuredBroker.jaas;
import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code ./headstream} with a password, which nobody may read anywhere. */
class KafkaSecurityE2E {
  private static final Path FOLDER = Path.of(System.getProperty("e2e.work"), "KafkaSecurityE2E");

  private static SecuredBroker broker;
  private static KafkaTopics topics;
  private static Map<String, String> clients;

  @BeforeAll
  static void startBroker() throws Exception {
    FileUtils.deleteDirectory(FOLDER.toFile());
    Files.createDirectories(FOLDER);
    broker = new SecuredBroker(FOLDER.resolve("broker"));
    clients = broker.clients();
    topics = broker.topics();
    topics.create("in", "out", "out-dead-letters");
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Token token = Token.of("s" + i, 0, new float[] {i, 2, 3, 4}, true);
      records.add(new ProducerRecord<>("in", TokenJson.bytes(token)));
    }
    topics.write(records);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    if (broker != null) {
      broker.close();
    }
    FileUtils.deleteDirectory(FOLDER.toFile());
  }

  /** Unbounded, so that checkpoints are there to be searched when it is killed. */
  @Test
  void answersOverTlsWithAPasswordThatIsNowhere() throws Exception {
    Path checkpoints = FOLDER.resolve("checkpoints");
    try (HeadstreamProcess run =
        start("secured", clients, "--output=kafka:out", "--checkpoints=" + checkpoints)) {
      run.await("all answers", () -> topics.read("out", READ_COMMITTED).size() == 100);
      run.kill();
      assertThat(run.log())
          .content()
          .contains("Checkpoint")
          .doesNotContain(PASSWORD, STORE_PASSWORD);
      assertThat(run.stderr()).isEmpty();
    }
    assertThat(checkpoints.resolve("_options")).content().contains("cluster ", "delivery");
    try (Stream<Path> files = Files.walk(checkpoints)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(PASSWORD, STORE_PASSWORD);
      }
    }
  }

  @Test
  void aWrongPasswordIsOneLineWithoutIt() throws Exception {
    Map<String, String> wrong = new HashMap<>(clients);
    wrong.put("sasl.jaas.config", jaas("wrong-horse"));
    assertRefused(wrong, "wrong-horse", "a Kafka broker that lets this user in (Authentication");
    wrong.put("sasl.jaas.config", PLAIN + " wrong-horse;"); // a flag is missing
    assertRefused(wrong, "wrong-horse", "a Kafka broker that can be used (");
    wrong.put("sasl.jaas.config", jaas(PASSWORD));
    wrong.put("ssl.truststore.password", "wrong-staple");
    assertRefused(wrong, "wrong-staple", "a Kafka broker that can be used (");
  }

  /** A secret that stays off the command line, by Kafka's own means. */
  @Test
  void aSecretMayLieInAFile() throws Exception {
    Path file = FOLDER.resolve("secrets.properties");
    Files.writeString(file, "jaas=" + jaas(PASSWORD) + "\n");
    Map<String, String> indirect = new HashMap<>(clients);
    indirect.put("sasl.jaas.config", "${file:" + file + ":jaas}");
    indirect.put("config.providers", "file");
    indirect.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    try (HeadstreamProcess run =
        start("file", indirect, "--until=latest", "--output=" + FOLDER.resolve("folder"))) {
      run.succeed();
      assertThat(run.stderr()).singleElement().asString().contains("100 tokens answered");
    }
  }

  /** Where Kafka says one itself, as the name of a class that is not there. */
  @Test
  void aFailureOfTheRunningJobIsOneLineWithoutIt() throws Exception {
    Map<String, String> wrong = new HashMap<>(clients);
    wrong.put("partition.assignment.strategy", PASSWORD);
    try (HeadstreamProcess run = start("failing", wrong, "--until=latest")) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isEqualTo(1);
      assertThat(run.stderr()).singleElement().asString().contains("[hidden]");
      assertThat(run.stderr().get(0)).doesNotContain(PASSWORD);
      assertThat(run.log())
          .content()
          .contains("[hidden]", "The job failed")
          .doesNotContain(PASSWORD, STORE_PASSWORD);
    }
  }

  /** Those of a job that runs, and then fails because the broker no longer lets it in. */
  @Test
  void noPageOfTheWebUiShowsThePassword() throws Exception {
    topics.create("watched", "watched-dead-letters");
    int port = StandaloneCluster.freePorts(1)[0];
    FlinkRest rest = new FlinkRest(port, null);
    try (HeadstreamProcess run =
        start("watched", tellsPages(), clients, "--output=kafka:watched", "--web-ui=" + port)) {
      run.await("all answers", () -> topics.read("watched", READ_COMMITTED).size() == 100);
      assertHidden(RestPages.of(rest, run.log()));
      broker.changePassword();
      try {
        run.await(
            "the page of a failure to name its cause",
            () -> RestPages.exceptions(rest).contains("SaslAuthenticationException"));
        assertHidden(RestPages.of(rest, run.log()));
      } finally {
        broker.changePasswordBack();
      }
      assertThat(run.log()).content().doesNotContain(PASSWORD, STORE_PASSWORD);
    }
  }

  /** What ./headstream logs, and the addresses under which its web UI answers. */
  private static String tellsPages() throws Exception {
    Path ours = Path.of(System.getProperty("e2e.conf"), "log4j2-embedded.properties");
    URL addresses = KafkaSecurityE2E.class.getResource("/log4j2-pages.properties");
    return "-Dlog4j2.configurationFile=%s,%s".formatted(ours, Path.of(addresses.toURI()));
  }

  private static void assertHidden(Map<String, String> pages) {
    assertThat(pages.keySet())
        .anyMatch(page -> page.matches("/v1/jobs/[0-9a-f]{32}/exceptions"))
        .hasSizeGreaterThan(40);
    assertThat(pages)
        .allSatisfy(
            (page, text) ->
                assertThat(text.contains(PASSWORD) || text.contains(STORE_PASSWORD))
                    .as("%s shows a secret", page)
                    .isFalse());
    System.out.printf("%d pages of the web UI show no secret%n", pages.size());
  }

  private static void assertRefused(Map<String, String> wrong, String secret, String expected)
      throws Exception {
    try (HeadstreamProcess run = start("refused", wrong)) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isEqualTo(2);
      assertThat(run.stderr())
          .singleElement()
          .asString()
          .startsWith("headstream: --kafka.bootstrap.servers: found '" + broker.servers())
          .contains("expected " + expected)
          .doesNotContain(secret, PASSWORD, STORE_PASSWORD);
      assertThat(run.log()).doesNotExist();
    }
  }

  private static HeadstreamProcess start(
      String name, Map<String, String> clients, String... options) throws Exception {
    return start(name, "", clients, options);
  }

  private static HeadstreamProcess start(
      String name, String jvm, Map<String, String> clients, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--input=kafka:in");
    all.add("--model-dim=4");
    clients.forEach((key, value) -> all.add("--kafka." + key + "=" + value));
    return HeadstreamProcess.start(name, FOLDER, jvm, all);
  }
}
