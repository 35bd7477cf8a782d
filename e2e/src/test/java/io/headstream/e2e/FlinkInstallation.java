package io.headstream.e2e;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * The command lines of Flink's processes, as the scripts of a distribution make them of its lib
 * folder and of {@code conf/config.yaml}.
 *
 * @param classPath Flink's jars, and the paced file system
 * @param conf the folder with {@code config.yaml}, which is taken as it is, and {@link #LOGGING}
 * @param overrides what the test wants otherwise, given to each process by {@code -D}
 * @param pace the folder whose files say how fast that file system is
 * @param logs where log files come
 */
record FlinkInstallation(
    List<String> classPath, Path conf, Map<String, String> overrides, Path pace, Path logs) {
  /** Beside {@code config.yaml}, how processes log. */
  static final String LOGGING = "log4j2-cluster.properties";

  private static final String SESSION =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String APPLICATION =
      "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";

  /** The same with other options, which win. */
  FlinkInstallation with(Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>(overrides);
    all.putAll(options);
    return new FlinkInstallation(classPath, conf, all, pace, logs);
  }

  List<String> jobManager(String name) {
    Configuration configuration = configuration();
    JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    return command(
        name,
        words(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration)),
        SESSION,
        concat(
            // Flink 2.3 knows no --executionMode any more, and reads no option behind it.
            List.of("--configDir", conf.toString()),
            words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)),
            dynamicOptions()));
  }

  /**
   * A JobManager in application mode, for one job.
   *
   * @param jar the job's
   * @param arguments of its main class
   */
  List<String> application(String name, Path jar, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>(jobManager(name));
    command.replaceAll(word -> word.equals(SESSION) ? APPLICATION : word);
    return concat(
        command, List.of("--jars", "local://" + jar, "--job-classname", mainClass), arguments);
  }

  List<String> taskManager(String name) {
    TaskExecutorProcessSpec memory =
        TaskExecutorProcessUtils.processSpecFromConfig(configuration());
    return command(
        name,
        words(ProcessMemoryUtils.generateJvmParametersStr(memory)),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        concat(
            List.of("--configDir", conf.toString()),
            words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)),
            List.of("-D", TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + name),
            dynamicOptions()));
  }

  /** {@code flink run [options] [program]}. */
  List<String> run(String name, List<String> options, List<String> program) {
    return command(
        name,
        List.of(),
        "org.apache.flink.client.cli.CliFrontend",
        concat(List.of("run"), dynamicOptions(), options, program));
  }

  /** What each process is configured with. */
  Configuration configuration() {
    return GlobalConfiguration.loadConfiguration(conf.toString(), Configuration.fromMap(overrides));
  }

  private List<String> command(
      String name, List<String> memory, String mainClass, List<String> arguments) {
    List<String> java = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return concat(
        java,
        words(configuration().get(CoreOptions.FLINK_JVM_OPTIONS)),
        memory,
        List.of(
            // Not all that Flink writes goes to io.tmp.dirs.
            "-Djava.io.tmpdir=" + configuration().get(CoreOptions.TMP_DIRS),
            "-De2e.pace=" + pace,
            "-Dlog.file=" + logs.resolve(name + ".log"),
            "-Dlog4j.configurationFile=" + conf.resolve(LOGGING),
            "-cp",
            String.join(File.pathSeparator, classPath),
            mainClass),
        arguments);
  }

  private List<String> dynamicOptions() {
    return overrides.entrySet().stream()
        .flatMap(entry -> Stream.of("-D", entry.getKey() + "=" + entry.getValue()))
        .toList();
  }

  private static List<String> words(String line) {
    return line.isBlank() ? List.of() : List.of(line.strip().split("\\s+"));
  }

  @SafeVarargs
  private static List<String> concat(List<String>... lists) {
    List<String> all = new ArrayList<>();
    for (List<String> list : lists) {
      all.addAll(list);
    }
    return all;
  }
}
