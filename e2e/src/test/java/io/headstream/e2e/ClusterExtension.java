package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster for the tests of a class. When one fails, seed and timeline go to stderr and the logs
 * stay; in the end no process does.
 */
final class ClusterExtension
    implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
  /** What a class's random input is made of: {@code -De2e.seed=N} for another. */
  static final long SEED = Long.getLong("e2e.seed", 20261123);

  private final int taskManagers;
  private final Timeline timeline = new Timeline();
  private Path folder;
  private StandaloneCluster cluster;
  private boolean failed;

  /** A cluster of a JobManager and as many TaskManagers. */
  ClusterExtension(int taskManagers) {
    this.taskManagers = taskManagers;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder =
        Path.of(System.getProperty("e2e.work"), context.getRequiredTestClass().getSimpleName());
    FileUtils.deleteDirectory(folder.toFile());
    timeline.note("seed %d", SEED);
    cluster = new StandaloneCluster(folder.resolve("cluster"), timeline, Map.of());
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
    if (failed || context.getExecutionException().isPresent()) {
      System.err.println(timeline + "\nlogs and files are kept in " + folder);
    } else {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
