package io.headstream.benchmarks.job;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;

/** What all clusters and jobs that are measured have in common. */
final class ClusterSettings {
  /** As much as {@code conf/config.yaml} gives, which is RocksDB's. */
  static final long MANAGED_MEBIBYTES_PER_SLOT = 317;

  /** Adds up the bytes; often, so that the ends of a window hardly matter. */
  static final Map<String, String> REPORTER =
      Map.of(
          "metrics.reporter.bytes.factory.class",
          NetworkBytes.Factory.class.getName(),
          "metrics.reporter.bytes.interval",
          "20 ms");

  private ClusterSettings() {}

  /** What a job is configured with. */
  static Configuration job(String stateBackend) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.OBJECT_REUSE, true); // as the job and its configuration do
    return configuration;
  }
}
