package io.headstream.benchmarks.job;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink in this JVM, started for each job anew. */
final class EmbeddedCluster implements Cluster {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

  private final int taskManagers;
  private final Configuration job;

  /**
   * A cluster.
   *
   * @param taskManagers which share the slots, and between which records travel by TCP
   * @param job what the jobs are configured with
   */
  EmbeddedCluster(int taskManagers, Configuration job) {
    this.taskManagers = taskManagers;
    this.job = job;
  }

  @Override
  public StreamExecutionEnvironment environment(int parallelism) {
    Configuration configuration = new Configuration(job);
    int slots = Math.max(1, parallelism / taskManagers);
    configuration.set(TaskManagerOptions.MINI_CLUSTER_NUM_TASK_MANAGERS, taskManagers);
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE,
        MemorySize.ofMebiBytes(ClusterSettings.MANAGED_MEBIBYTES_PER_SLOT * slots));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    ClusterSettings.REPORTER.forEach(configuration::setString);
    return StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
  }

  @Override
  public long cpuNanos() {
    return PROCESS.getProcessCpuTime();
  }

  @Override
  public long liveHeapBytes() {
    MEMORY.gc();
    return MEMORY.getHeapMemoryUsage().getUsed();
  }

  @Override
  public void close() {}
}
