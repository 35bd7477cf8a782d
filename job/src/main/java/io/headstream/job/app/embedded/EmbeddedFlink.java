package io.headstream.job.app.embedded;

import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.Topic;
import io.headstream.job.app.options.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.client.deployment.executors.LocalExecutor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A Flink inside this JVM, for one job: as many slots as the parallelism, nothing that listens to
 * other machines.
 */
final class EmbeddedFlink implements AutoCloseable {
  private static final Duration PERSISTENT_INTERVAL = Duration.ofSeconds(2);
  private static final Duration TEMPORARY_INTERVAL = Duration.ofSeconds(1);
  private static final int RESTARTS = 5;
  private static final Duration NEVER = Duration.ofDays(365);
  private static final MemorySize LEAST_MEMORY = MemorySize.ofMebiBytes(64);
  private static final MemorySize AMPLE_MEMORY = MemorySize.ofMebiBytes(256);
  private static final MemorySize SMALLEST_BUFFER = MemorySize.parse("4 kb");

  private final Configuration configuration = new Configuration();
  private final StreamExecutionEnvironment environment;
  private volatile MiniCluster cluster; // null: not started

  /**
   * A Flink that is not started yet.
   *
   * @param options say parallelism and checkpoints
   * @param checkpoints the folder for checkpoints and savepoints
   * @param resumeFrom the snapshot to start from; null for the beginning
   * @param temporary a folder for Flink's own files
   */
  EmbeddedFlink(Options options, Path checkpoints, Path resumeFrom, Path temporary) {
    configuration.addAll(StateBackendSettings.ofEnvironment(System.getenv()));
    configuration.set(DeploymentOptions.TARGET, LocalExecutor.NAME);
    configuration.set(DeploymentOptions.ATTACHED, true);
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, options.parallelism());
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(WebOptions.TMP_DIR, temporary.toString());
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, options.parallelism());
    onlyThisMachine();
    options.webUi().ifPresent(this::webUi);
    // Accumulators travel with heartbeats. A JVM that was stopped for a while (Ctrl-Z, a laptop
    // that slept) must not take its own silence for a failure.
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofMillis(500));
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, NEVER);
    configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofHours(1));
    checkpointing(options, checkpoints, resumeFrom);
    configuration.set(PipelineOptions.NAME, "Headstream");
    networkMemory(options.parallelism());
    environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
  }

  private void onlyThisMachine() {
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_ADDRESS, "localhost");
    configuration.set(JobManagerOptions.BIND_HOST, "localhost");
    configuration.set(TaskManagerOptions.BIND_HOST, "localhost");
  }

  /** Shows the job and changes nothing: it ends with its input, or with this JVM. */
  private void webUi(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw UsageException.unexpected(
          "--web-ui", port, "a port of this machine that is free (" + e.getMessage() + ")");
    }
    configuration.set(RestOptions.PORT, port);
    configuration.set(RestOptions.BIND_PORT, String.valueOf(port));
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.RESCALE_ENABLE, false);
  }

  private void checkpointing(Options options, Path checkpoints, Path resumeFrom) {
    boolean persistent = options.checkpoints().isPresent();
    boolean fromTopic = Topic.isOne(options.input());
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    if (options.output().isPresent() || options.deadLetters().isPresent() || fromTopic) {
      // Checkpoints finish a folder's files, commit a topic's transactions and the offsets of a
      // group, also where nobody asked for any.
      Duration interval = persistent ? PERSISTENT_INTERVAL : TEMPORARY_INTERVAL;
      configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
      // Who reads stdout slowly, or stops for a while, holds up a checkpoint for as long.
      configuration.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, NEVER);
      configuration.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }
    restarts(persistent, fromTopic && options.output().isPresent());
    if (resumeFrom != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, resumeFrom.toUri().toString());
      configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    }
  }

  /**
   * Whether a job that failed is started again.
   *
   * @param persistent whether there are checkpoints that outlive this JVM
   * @param streaming whether it reads a topic, and writes where nothing comes twice: it may run for
   *     ever, so its failures are counted anew after a quiet minute, and a broker may be away for a
   *     while
   */
  private void restarts(boolean persistent, boolean streaming) {
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY,
        streaming ? "exponential-delay" : persistent ? "fixed-delay" : "none");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, RESTARTS);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(1));
  }

  /**
   * Enough buffers for every exchange between all pairs of subtasks, of which there are up to five;
   * Flink's own 64 MiB end at a parallelism of some twenty. Many subtasks get smaller buffers, so
   * that the memory grows slower than the pairs.
   */
  private void networkMemory(int parallelism) {
    long pairs = (long) parallelism * parallelism;
    long buffers = 5 * (3 * pairs + 16L * parallelism);
    MemorySize buffer = TaskManagerOptions.MEMORY_SEGMENT_SIZE.defaultValue();
    while (buffer.multiply(buffers).compareTo(AMPLE_MEMORY) > 0
        && buffer.compareTo(SMALLEST_BUFFER) > 0) {
      buffer = buffer.divide(2);
    }
    MemorySize needed = buffer.multiply(buffers);
    MemorySize memory = needed.compareTo(LEAST_MEMORY) > 0 ? needed : LEAST_MEMORY;
    configuration.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, buffer);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, memory);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, memory);
  }

  /** Where the job is built. */
  StreamExecutionEnvironment environment() {
    return environment;
  }

  /** Starts Flink and the job. */
  JobClient start() throws Exception {
    return LocalExecutor.createWithFactory(
            configuration,
            clusterConfiguration -> cluster = new RetainingCluster(clusterConfiguration))
        .execute(
            environment.getStreamGraph(),
            configuration,
            Thread.currentThread().getContextClassLoader())
        .get();
  }

  /** Waits until everything is shut down that the job left running, such as clean-ups. */
  @Override
  public void close() throws Exception {
    if (cluster != null) {
      cluster.closeAsync().get();
    }
  }
}
