package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster for the tests of a class. Its seed and its timeline go to stderr; when a test fails,
 * the logs stay. In the end no process does.
 */
final class ClusterExtension
    implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
  /** What a class's random input is made of: {@code -De2e.seed=N} for another. */
  static final long SEED = Long.getLong("e2e.seed", 20261123);

  /** Options of Flink for any of these tests: {@code -De2e.options=KEY=VALUE,KEY=VALUE}. */
  private static final Map<String, String> OPTIONS =
      Stream.of(System.getProperty("e2e.options", "").split(","))
          .filter(option -> !option.isBlank())
          .map(option -> option.split("=", 2))
          .collect(Collectors.toMap(option -> option[0], option -> option[1]));

  private final int taskManagers;
  private final List<String> additions = new ArrayList<>();
  private final Map<String, String> overrides = new LinkedHashMap<>();
  private final Timeline timeline = new Timeline();
  private final List<CompanionOf> companions = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  private Path folder;
  private StandaloneCluster cluster;
  private boolean failed;

  /** A cluster of a JobManager and as many TaskManagers. */
  ClusterExtension(int taskManagers) {
    this.taskManagers = taskManagers;
  }

  /** With a file of {@code conf/} added to its config.yaml. */
  ClusterExtension with(String addition) {
    additions.add(addition);
    return this;
  }

  /** With options that are not those of the configuration. */
  ClusterExtension with(Map<String, String> options) {
    overrides.putAll(options);
    return this;
  }

  /** With a server that is started before the cluster and closed after it. */
  ClusterExtension with(CompanionOf companion) {
    companions.add(companion);
    return this;
  }

  /** A server beside the cluster, and how the cluster is to be configured to find it. */
  record Companion(AutoCloseable server, Map<String, String> options) {}

  /** Starts a server with a folder for its files. */
  interface CompanionOf {
    Companion start(Path folder) throws Exception;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder =
        Path.of(System.getProperty("e2e.work"), context.getRequiredTestClass().getSimpleName());
    FileUtils.deleteDirectory(folder.toFile());
    timeline.note("%s, seed %d", context.getDisplayName(), SEED);
    for (CompanionOf companion : companions) {
      Companion started = companion.start(Files.createDirectories(folder));
      servers.add(started.server());
      overrides.putAll(started.options());
    }
    overrides.putAll(OPTIONS);
    cluster = new StandaloneCluster(folder.resolve("cluster"), timeline, additions, overrides);
    cluster.startJobManager();
    cluster.startTaskManagers(taskManagers);
  }

  StandaloneCluster cluster() {
    return cluster;
  }

  Timeline timeline() {
    return timeline;
  }

  /** An empty folder for a test's files. */
  Path newFolder(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    timeline.note(
        "%s %s",
        context.getExecutionException().isPresent() ? "FAILED" : "passed",
        context.getDisplayName());
    failed |= context.getExecutionException().isPresent();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (cluster != null) {
      cluster.close();
    }
    for (AutoCloseable server : servers) {
      server.close();
    }
    if (failed || context.getExecutionException().isPresent()) {
      timeline.note("logs and files are kept in %s", folder);
    } else {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
