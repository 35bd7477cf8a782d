package io.headstream.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Kafka broker for the tests of a class; when one fails, its files stay. */
final class KafkaExtension
    implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {
  /** What a class's random input is made of: {@code -De2e.seed=N} for another. */
  static final long SEED = ClusterExtension.SEED;

  private Path folder;
  private KafkaBroker broker;
  private KafkaTopics topics;
  private boolean failed;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    folder =
        Path.of(System.getProperty("e2e.work"), context.getRequiredTestClass().getSimpleName());
    FileUtils.deleteDirectory(folder.toFile());
    Files.createDirectories(folder);
    broker = new KafkaBroker(folder.resolve("broker"), "PLAINTEXT", Map.of());
    broker.start();
    topics = new KafkaTopics(Map.of("bootstrap.servers", broker.servers()));
  }

  KafkaBroker broker() {
    return broker;
  }

  KafkaTopics topics() {
    return topics;
  }

  Path folder() {
    return folder;
  }

  /** Starts {@code ./headstream} with this broker and further options. */
  HeadstreamProcess headstream(String name, String jvm, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--kafka.bootstrap.servers=" + broker.servers());
    all.add("--kafka.default.api.timeout.ms=120000"); // a busy machine is no fault
    return HeadstreamProcess.start(name, folder, jvm, all);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    failed |= context.getExecutionException().isPresent();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (topics != null) {
      topics.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (failed || context.getExecutionException().isPresent()) {
      System.err.println("seed " + SEED + ", logs and files are kept in " + folder);
    } else {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
