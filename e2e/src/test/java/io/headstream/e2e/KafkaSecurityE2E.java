package io.headstream.e2e;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** A broker that wants TLS and a password, which nobody may read anywhere. */
class KafkaSecurityE2E {
  private static final Path FOLDER = Path.of(System.getProperty("e2e.work"), "KafkaSecurityE2E");
  private static final String PASSWORD = "correct-horse-battery";
  private static final String STORE_PASSWORD = "staple-of-keys";
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

  private static KafkaBroker broker;
  private static KafkaTopics topics;
  private static Map<String, String> clients;

  @BeforeAll
  static void startBroker() throws Exception {
    FileUtils.deleteDirectory(FOLDER.toFile());
    Files.createDirectories(FOLDER);
    Path keys = FOLDER.resolve("broker.p12");
    Path trusted = FOLDER.resolve("trusted.p12");
    Path certificate = FOLDER.resolve("broker.pem");
    keytool(
        "-genkeypair -alias broker -keyalg RSA -dname CN=localhost -ext san=dns:localhost", keys);
    keytool("-exportcert -rfc -alias broker -file " + certificate, keys);
    keytool("-importcert -noprompt -alias broker -file " + certificate, trusted);
    Map<String, String> overrides = new HashMap<>();
    overrides.put("ssl.keystore.location", keys.toString());
    overrides.put("ssl.keystore.password", STORE_PASSWORD);
    overrides.put("ssl.key.password", STORE_PASSWORD);
    overrides.put("ssl.truststore.location", trusted.toString());
    overrides.put("ssl.truststore.password", STORE_PASSWORD);
    overrides.put("sasl.enabled.mechanisms", "PLAIN");
    overrides.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    overrides.put(
        "listener.name.clients.plain.sasl.jaas.config",
        PLAIN
            + " required username=\"admin\" password=\"adm1n\" user_admin=\"adm1n\" user_alice=\""
            + PASSWORD
            + "\";");
    broker = new KafkaBroker(FOLDER.resolve("broker"), "SASL_SSL", overrides);
    broker.start();
    clients =
        Map.of(
            "bootstrap.servers",
            broker.servers(),
            "security.protocol",
            "SASL_SSL",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            jaas(PASSWORD),
            "ssl.truststore.location",
            trusted.toString(),
            "ssl.truststore.password",
            STORE_PASSWORD);
    topics = new KafkaTopics(clients);
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
    if (topics != null) {
      topics.close();
    }
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
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--input=kafka:in");
    all.add("--model-dim=4");
    clients.forEach((key, value) -> all.add("--kafka." + key + "=" + value));
    return HeadstreamProcess.start(name, FOLDER, "", all);
  }

  private static String jaas(String password) {
    return PLAIN + " required username=\"alice\" password=\"" + password + "\";";
  }

  private static void keytool(String arguments, Path store) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(
        List.of(
            "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
    try (FlinkProcess process = FlinkProcess.start("keytool", FOLDER, Map.of(), command)) {
      assertThat(process.await(Duration.ofMinutes(1)))
          .as("%s", Files.readString(process.stdout()))
          .isZero();
    }
  }
}
