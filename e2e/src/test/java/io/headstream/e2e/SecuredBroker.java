package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A broker that wants TLS and a password. */
final class SecuredBroker implements AutoCloseable {
  static final String PASSWORD = "correct-horse-battery";
  static final String STORE_PASSWORD = "staple-of-keys";
  static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

  private final Path folder;
  private final KafkaBroker broker;
  private final KafkaTopics topics;
  private final Map<String, String> clients;

  /**
   * Starts one.
   *
   * @param folder for its files and keys
   */
  SecuredBroker(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    Path keys = folder.resolve("broker.p12");
    Path trusted = folder.resolve("trusted.p12");
    Path certificate = folder.resolve("broker.pem");
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
    overrides.putAll(users(PASSWORD));
    broker = new KafkaBroker(folder.resolve("broker"), "SASL_SSL", overrides);
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
  }

  /** For {@code bootstrap.servers}. */
  String servers() {
    return broker.servers();
  }

  /** What clients that are let in have as their properties. */
  Map<String, String> clients() {
    return clients;
  }

  KafkaTopics topics() {
    return topics;
  }

  /** The clients' properties in a file. */
  Path clientsFile() throws IOException {
    Properties properties = new Properties();
    properties.putAll(clients);
    Path file = folder.resolve("clients.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  /** Starts the broker anew, with another password for alice than that which her clients have. */
  void changePassword() throws Exception {
    broker.restart(users("nobody-knows-it"));
  }

  /** Starts the broker anew, with the password that it had at first. */
  void changePasswordBack() throws Exception {
    broker.restart(users(PASSWORD));
  }

  private static Map<String, String> users(String alicesPassword) {
    return Map.of(
        "listener.name.clients.plain.sasl.jaas.config",
        PLAIN
            + " required username=\"admin\" password=\"adm1n\" user_admin=\"adm1n\" user_alice=\""
            + alicesPassword
            + "\";");
  }

  /** How alice logs in. */
  static String jaas(String password) {
    return PLAIN + " required username=\"alice\" password=\"" + password + "\";";
  }

  private void keytool(String arguments, Path store) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(
        List.of(
            "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
    try (FlinkProcess process = FlinkProcess.start("keytool", folder, Map.of(), command)) {
      assertThat(process.await(Duration.ofMinutes(5)))
          .as("%s", Files.readString(process.stdout()))
          .isZero();
    }
  }

  @Override
  public void close() {
    topics.close();
    broker.close();
  }
}
