package io.headstream.e2e;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A Kafka cluster of one broker, a process of its own that can be killed and started again. */
final class KafkaBroker implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String LIB = System.getProperty("e2e.kafka");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Path folder;
  private final Path configuration;
  private final Properties properties = new Properties();
  private final int port;
  private FlinkProcess process;
  private int started;

  /**
   * A broker that is not started yet.
   *
   * @param folder for everything that it writes
   * @param protocol what its clients talk, such as {@code PLAINTEXT}
   * @param overrides properties of the broker
   */
  KafkaBroker(Path folder, String protocol, Map<String, String> overrides) throws Exception {
    this.folder = Files.createDirectories(folder);
    int[] ports = freePorts();
    port = ports[0];
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@localhost:" + ports[1]);
    properties.put(
        "listeners", "CLIENTS://localhost:%d,CONTROLLER://localhost:%d".formatted(port, ports[1]));
    properties.put("advertised.listeners", "CLIENTS://localhost:" + port);
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("inter.broker.listener.name", "CLIENTS");
    properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENTS:" + protocol);
    properties.put("log.dirs", folder.resolve("log").toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("message.max.bytes", "20000000");
    properties.putAll(overrides);
    configuration = folder.resolve("server.properties");
    writeConfiguration();
    try (FlinkProcess format =
        run("format", "kafka.tools.StorageTool", "format", "-t", "aGVhZHN0cmVhbS1lMmUtMA", "-c")) {
      if (format.await(LIMIT) != 0) {
        throw new AssertionError("no broker: " + Files.readString(format.stderr()));
      }
    }
  }

  private void writeConfiguration() throws IOException {
    try (Writer writer = Files.newBufferedWriter(configuration)) {
      properties.store(writer, null);
    }
  }

  /** Starts the broker and waits until it answers. */
  void start() throws Exception {
    process = run("broker-" + ++started, "kafka.Kafka");
    Await.until("the broker's port", LIMIT, this::answers);
  }

  /** {@code kill -9}. */
  void kill() {
    process.kill();
  }

  /** Kills the broker and starts it with other properties, on the port that it had. */
  void restart(Map<String, String> overrides) throws Exception {
    kill();
    process.await(LIMIT);
    properties.putAll(overrides);
    writeConfiguration();
    start();
  }

  /** For {@code bootstrap.servers}. */
  String servers() {
    return "localhost:" + port;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new AssertionError("the broker has ended, see " + process.stdout());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private FlinkProcess run(String name, String mainClass, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx512m", "-cp", LIB + "/*", mainClass));
    command.addAll(List.of(arguments));
    command.add(configuration.toString());
    return FlinkProcess.start(name, folder, Map.of(), command);
  }

  private static int[] freePorts() throws IOException {
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket other = new ServerSocket(0)) {
      return new int[] {one.getLocalPort(), other.getLocalPort()};
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
