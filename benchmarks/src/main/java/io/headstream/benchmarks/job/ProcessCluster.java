package io.headstream.benchmarks.job;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/**
 * A JobManager and TaskManagers, each a process of its own on this machine, configured by {@code
 * conf/config.yaml}; the second TaskManager at the other end of a {@link Cable} if there is one.
 */
final class ProcessCluster implements Cluster {
  private static final Path FOLDER = Path.of("benchmarks/target/cluster");

  private final Cable cable; // null: all on this machine's own loopback
  private final Configuration job;
  private final Configuration shared;
  private final Path temporary = Files.createTempDirectory("hs");
  private final FlinkJvm jobManager;
  private final List<FlinkJvm> taskManagers = new ArrayList<>();

  /**
   * Starts the processes. They are there when the first job runs, which waits for its slots.
   *
   * @param count of TaskManagers
   * @param slots of each
   * @param job what the jobs are configured with
   * @param cable between the two TaskManagers, or null
   */
  ProcessCluster(int count, int slots, Configuration job, Cable cable) throws IOException {
    this.cable = cable;
    this.job = job;
    String host = cable == null ? "localhost" : cable.outside();
    Map<String, String> options = new LinkedHashMap<>();
    int[] ports = freePorts(3);
    options.put("jobmanager.rpc.address", host);
    options.put("jobmanager.rpc.port", String.valueOf(ports[0]));
    options.put("jobmanager.bind-host", host);
    options.put("blob.server.port", String.valueOf(ports[1]));
    options.put("rest.port", String.valueOf(ports[2]));
    options.put("heartbeat.timeout", "60 s"); // a busy machine is no fault
    options.put("io.tmp.dirs", temporary.toString());
    options.put(TaskManagerOptions.NUM_TASK_SLOTS.key(), String.valueOf(slots));
    shared = GlobalConfiguration.loadConfiguration("conf", Configuration.fromMap(options));
    Files.createDirectories(FOLDER);
    jobManager =
        FlinkJvm.start(
            FOLDER.resolve("jobmanager.log"),
            List.of(),
            List.of("-Xmx1g"),
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            options);
    for (int number = 1; number <= count; number++) {
      boolean away = cable != null && number == 2;
      taskManagers.add(startTaskManager(number, away, options));
    }
  }

  private FlinkJvm startTaskManager(int number, boolean away, Map<String, String> options)
      throws IOException {
    String host = cable == null ? "localhost" : away ? cable.inside() : cable.outside();
    Map<String, String> own = new LinkedHashMap<>(options);
    own.putAll(ClusterSettings.REPORTER);
    own.put("taskmanager.host", host);
    own.put("taskmanager.bind-host", host);
    own.put(TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key(), "taskmanager-" + number);
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(shared);
    for (String option : TaskExecutorProcessUtils.generateDynamicConfigsStr(memory).split("-D ")) {
      String[] keyAndValue = option.strip().split("=", 2);
      if (keyAndValue.length == 2) {
        own.put(keyAndValue[0], keyAndValue[1]);
      }
    }
    List<String> flags =
        new ArrayList<>(
            List.of(ProcessMemoryUtils.generateJvmParametersStr(memory).strip().split("\\s+")));
    flags.add(Board.flag());
    return FlinkJvm.start(
        FOLDER.resolve("taskmanager-" + number + ".log"),
        away ? cable.prefix() : List.of(),
        flags,
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        own);
  }

  @Override
  public StreamExecutionEnvironment environment(int parallelism) {
    Configuration configuration = new Configuration(job);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(
            shared.get(RestOptions.ADDRESS), shared.get(RestOptions.PORT), configuration);
    env.setParallelism(parallelism);
    return env;
  }

  @Override
  public long cpuNanos() {
    return taskManagers.stream().mapToLong(FlinkJvm::cpuNanos).sum();
  }

  @Override
  public long liveHeapBytes() throws Exception {
    long sum = 0;
    for (FlinkJvm taskManager : taskManagers) {
      sum += taskManager.liveHeapBytes();
    }
    return sum;
  }

  @Override
  public void close() throws Exception {
    taskManagers.forEach(FlinkJvm::close);
    jobManager.close();
    if (cable != null) {
      cable.close();
    }
    FileUtils.deleteDirectoryQuietly(temporary.toFile());
  }

  /** Ports that nobody has, all different because all are held until the last is found. */
  private static int[] freePorts(int count) throws IOException {
    int[] ports = new int[count];
    ServerSocket[] sockets = new ServerSocket[count];
    for (int i = 0; i < count; i++) {
      sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      ports[i] = sockets[i].getLocalPort();
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}
