package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {
  private static final String SECRET = "hunter2-s3cret";

  @TempDir Path folder;

  @Test
  void theFilesPropertiesAreBesideTheTypedOnes() throws IOException {
    Path file =
        file(
            "# for the clients\n"
                + "ssl.key.password = pässword\\u0021\n"
                + "sasl.jaas.config=a.Module required \\\n  password=\"x\";\n");

    assertThat(parse(RunsOn.CLUSTER, "--kafka.group.id=g", "--kafka-properties=" + file))
        .containsEntry("ssl.key.password", "pässword!")
        .containsEntry("sasl.jaas.config", "a.Module required password=\"x\";")
        .containsEntry("group.id", "g")
        .containsEntry("bootstrap.servers", "localhost:1")
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          acks=hunter2-s3cret              | {}: acks is not to be set, Headstream decides it
          bootstrap.servers=hunter2-s3cret | --kafka.bootstrap.servers: given in {} too, expected once
          ssl.key.password=hunter2-s3cret\\uxyz | {}: found '{}', expected a properties file (in one a
          """)
  void refusesInOneLineThatNamesNoSecret(String content, String expected) throws IOException {
    Path file = file(content);
    String line =
        expected
            .replace("{}: found", "--kafka-properties: found")
            .replace("{}: acks", "--kafka-properties {}: acks")
            .replace("{}", file.toString());
    assertRefused(line, file);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = folder.resolve("nowhere");
    assertRefused("--kafka-properties: found '" + file + "', expected a file that is there", file);
    assertRefused(
        "--kafka-properties: found '" + folder + "', expected a file that can be read", folder);
  }

  @Test
  void otherBytesThanUtf8AreRefused() throws IOException {
    Path file = folder.resolve("latin1");
    Files.write(file, "ssl.key.password=pässword".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(
        "--kafka-properties: found '" + file + "', expected a properties file in UTF-8", file);
  }

  @Test
  void goesWithATopicAlone() throws IOException {
    Path file = file("ssl.key.password=" + SECRET);
    assertThatThrownBy(
            () -> Options.parse(RunsOn.EMBEDDED, "--input=-", "--kafka-properties=" + file))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--kafka-properties: there is no Kafka topic, expected kafka:TOPIC")
        .hasMessageNotContaining(SECRET);
  }

  /** Flink logs the arguments of programs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sasl.jaas.config",
        "ssl.key.password",
        "ssl.keystore.password",
        "ssl.keystore.key",
        "ssl.truststore.password",
        "sasl.oauthbearer.client.credentials.client.secret",
        "my.interceptor.secret"
      })
  void aSecretIsOnNoClustersCommandLine(String key) {
    assertThatThrownBy(() -> parse(RunsOn.CLUSTER, "--kafka." + key, SECRET))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "--kafka."
                + key
                + ": a secret, and Flink logs the arguments of programs; expected in the file of"
                + " --kafka-properties");
    assertThat(parse(RunsOn.EMBEDDED, "--kafka." + key, SECRET)).containsEntry(key, SECRET);
    String reference = "${file:/run/secrets/kafka:password}";
    assertThat(parse(RunsOn.CLUSTER, "--kafka." + key, reference)).containsEntry(key, reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl.keystore.location",
        "ssl.truststore.certificates",
        "security.protocol",
        "sasl.oauthbearer.token.endpoint.url",
        "group.id"
      })
  void whatIsNoSecretMayBeTyped(String key) {
    assertThat(parse(RunsOn.CLUSTER, "--kafka." + key, "a")).containsEntry(key, "a");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("kafka.properties"), content);
  }

  private static void assertRefused(String start, Path file) {
    assertThatThrownBy(() -> parse(RunsOn.CLUSTER, "--kafka-properties=" + file))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(start)
        .hasMessageNotContaining(SECRET);
  }

  private static Map<String, String> parse(RunsOn place, String... further) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--input=kafka:in", "--output=folder", "--kafka.bootstrap.servers=localhost:1"));
    arguments.addAll(List.of(further));
    return Options.parse(place, arguments.toArray(String[]::new)).kafkaClients();
  }
}
