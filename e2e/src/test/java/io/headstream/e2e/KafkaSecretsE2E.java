package io.headstream.e2e;

import static io.headstream.e2e.SecuredBroker.PASSWORD;
import static io.headstream.e2e.SecuredBroker.STORE_PASSWORD;
import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A password for a broker on a cluster: on no page of Flink's, in no log, on no command line. */
class KafkaSecretsE2E {
  private static final Path FOLDER = Path.of(System.getProperty("e2e.work"), "KafkaSecretsE2E");
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final int TOKENS = 100;

  /** An argument that is no secret: Flink logs them all. */
  private static final String NAME = "a-name-for-all-to-see";

  private static SecuredBroker broker;
  private static int passed;

  @BeforeAll
  static void startBroker() throws Exception {
    FileUtils.deleteDirectory(FOLDER.toFile());
    broker = new SecuredBroker(FOLDER.resolve("broker"));
    broker.topics().create("in");
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      Token token = Token.of("s" + i, 0, new float[] {i, 2, 3, 4}, true);
      records.add(new ProducerRecord<>("in", TokenJson.bytes(token)));
    }
    broker.topics().write(records);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    if (broker != null) {
      broker.close();
    }
    if (passed == 2) { // else the logs are kept
      FileUtils.deleteDirectory(FOLDER.toFile());
    }
  }

  @Test
  void inApplicationMode() throws Exception {
    try (StandaloneCluster cluster = cluster("application")) {
      cluster.startApplication(options("application"));
      cluster.startTaskManagers(1);
      awaitAnswers("application");
      assertNothingIsShown(cluster);
      assertThat(cluster.jobManagerLog()).content().contains(NAME);
      assertNothingIsShownOfAFailure(cluster);
    }
    passed++;
  }

  @Test
  void inASession() throws Exception {
    try (StandaloneCluster cluster = cluster("session")) {
      cluster.startJobManager();
      cluster.startTaskManagers(1);
      cluster.submit(1, options("session")).jobId();
      awaitAnswers("session");
      assertNothingIsShown(cluster);
      assertNothingIsShownOfAFailure(cluster);
    }
    passed++;
  }

  private static StandaloneCluster cluster(String name) throws Exception {
    Map<String, String> patience =
        Map.of("pekko.ask.timeout", "2 min"); // a busy machine is no fault
    return new StandaloneCluster(FOLDER.resolve(name), new Timeline(), List.of(), patience);
  }

  private static String[] options(String output) throws Exception {
    broker.topics().create(output, output + "-dead-letters");
    return new String[] {
      "--input=kafka:in",
      "--output=kafka:" + output,
      "--model-dim=4",
      "--kafka-properties=" + broker.clientsFile(),
      "--kafka.client.id=" + NAME
    };
  }

  private static void awaitAnswers(String topic) throws Exception {
    Await.until(
        "all answers in " + topic,
        LIMIT,
        () -> broker.topics().read(topic, READ_COMMITTED).size() == TOKENS);
  }

  /** The running job fails, because the broker no longer lets it in. */
  private static void assertNothingIsShownOfAFailure(StandaloneCluster cluster) throws Exception {
    broker.changePassword();
    try {
      Await.until(
          "the page of a failure to name its cause",
          LIMIT,
          () -> RestPages.exceptions(cluster.rest()).contains("SaslAuthenticationException"));
      Map<String, String> pages = assertNothingIsShown(cluster);
      assertThat(pages)
          .anySatisfy(
              (page, text) -> {
                assertThat(page).endsWith("/exceptions");
                assertThat(text).contains("SaslAuthenticationException");
              });
    } finally {
      broker.changePasswordBack();
    }
  }

  private static Map<String, String> assertNothingIsShown(StandaloneCluster cluster)
      throws IOException, InterruptedException {
    Map<String, String> pages = RestPages.of(cluster.rest(), cluster.jobManagerLog());
    assertThat(pages.keySet())
        .contains("/v1/jobmanager/config", "/v1/jobmanager/environment", "/v1/taskmanagers")
        .anyMatch(page -> page.matches("/v1/jobs/[0-9a-f]{32}/config"))
        .anyMatch(page -> page.matches("/v1/jobs/[0-9a-f]{32}/checkpoints/details/\\d+"))
        .anyMatch(page -> page.matches("/v1/taskmanagers/[^/]+/log"))
        .hasSizeGreaterThan(40);
    assertThat(pages).allSatisfy((page, text) -> assertHidden(page, text));

    try (Stream<Path> files = Files.walk(cluster.logs())) {
      List<Path> logs = files.filter(Files::isRegularFile).toList();
      for (Path log : logs) {
        assertHidden(log.toString(), Files.readString(log, StandardCharsets.ISO_8859_1));
      }
      assertThat(logs)
          .as("a log in which a Kafka client tells its properties")
          .anySatisfy(
              log ->
                  assertThat(log)
                      .content(StandardCharsets.ISO_8859_1)
                      .contains("ConsumerConfig values", "sasl.jaas.config = [hidden]"));
      System.out.printf("%d pages and %d logs show no secret%n", pages.size(), logs.size());
    }
    List<FlinkProcess> processes = new ArrayList<>(cluster.taskManagers());
    processes.add(cluster.jobManager());
    for (FlinkProcess process : processes) {
      Path commandLine = Path.of("/proc/" + process.pid() + "/cmdline");
      assertHidden(process.name(), new String(Files.readAllBytes(commandLine)));
    }
    return pages;
  }

  private static void assertHidden(String where, String text) {
    // Not doesNotContain, which would print the whole text.
    assertThat(text.contains(PASSWORD) || text.contains(STORE_PASSWORD))
        .as("%s shows a secret", where)
        .isFalse();
  }
}
