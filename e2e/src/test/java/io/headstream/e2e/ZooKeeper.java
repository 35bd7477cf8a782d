package io.headstream.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A ZooKeeper server, a process of its own on this machine. */
final class ZooKeeper implements AutoCloseable {
  private final FlinkProcess process;
  private final int port;

  private ZooKeeper(FlinkProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param folder for everything that it writes
   */
  static ZooKeeper start(Path folder) throws Exception {
    int port = StandaloneCluster.freePorts(1)[0];
    Path settings = Files.createDirectories(folder).resolve("zoo.cfg");
    Files.writeString(
        settings,
        """
        tickTime=1000
        dataDir=%s
        clientPort=%d
        clientPortAddress=localhost
        admin.enableServer=false
        """
            .formatted(Files.createDirectories(folder.resolve("data")), port));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            "org.apache.zookeeper.server.ZooKeeperServerMain",
            settings.toString());
    FlinkProcess process = FlinkProcess.start("zookeeper", folder, Map.of(), command);
    ZooKeeper server = new ZooKeeper(process, port);
    Await.until("ZooKeeper to answer", Duration.ofMinutes(1), server::answers);
    return server;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new AssertionError("ZooKeeper has ended, see " + process.stderr());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Where Flink finds it. */
  String quorum() {
    return "localhost:" + port;
  }

  @Override
  public void close() {
    process.close();
  }
}
