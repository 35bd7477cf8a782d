package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ResourceManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.configuration.YamlParserUtils;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/config.yaml}, of which Flink would ignore a misspelt key without a word. */
class ClusterConfigurationTest {
  private static final Path FOLDER = Path.of("..", "conf");
  private static final List<Class<?>> OPTIONS =
      List.of(
          CheckpointingOptions.class,
          CoreOptions.class,
          HeartbeatManagerOptions.class,
          HighAvailabilityOptions.class,
          JobManagerOptions.class,
          PipelineOptions.class,
          ResourceManagerOptions.class,
          RestOptions.class,
          RestartStrategyOptions.class,
          SecurityOptions.class,
          StateBackendOptions.class,
          TaskManagerOptions.class,
          WebOptions.class);

  @TempDir Path folder;

  private final Configuration configuration =
      GlobalConfiguration.loadConfiguration(FOLDER.toString());

  @Test
  void eachKeyIsAnOptionOfThisFlinkAndEachValueIsOfItsType() throws Exception {
    Map<String, ConfigOption<?>> options = new HashMap<>();
    for (Class<?> type : OPTIONS) {
      for (Field field : type.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          options.put(option.key(), option);
        }
      }
    }
    for (String addition : List.of("", "high-availability.yaml", "tls.yaml", "prometheus.yaml")) {
      Configuration added = with(addition);
      for (String key : added.keySet()) {
        if (!key.startsWith("metrics.reporter")) { // these are a reporter's own
          assertThat(options).as(addition).containsKey(key);
          assertThat(added.getOptional(options.get(key))).as(key).isPresent();
        }
      }
    }
  }

  /** What a user has who adds a file's lines to those of config.yaml; Flink refuses a key twice. */
  private Configuration with(String addition) throws IOException {
    String lines = Files.readString(FOLDER.resolve("config.yaml"));
    if (!addition.isEmpty()) {
      lines += "\n" + Files.readString(FOLDER.resolve(addition));
    }
    Files.writeString(folder.resolve("config.yaml"), lines);
    Configuration added = GlobalConfiguration.loadConfiguration(folder.toString());
    assertThat(added.keySet()).containsAll(configuration.keySet());
    assertThat(added.keySet().size() > configuration.keySet().size())
        .isEqualTo(!addition.isEmpty());
    return added;
  }

  @Test
  void processesGetTheModuleFlagsThatTheTestsRunWith() {
    List<String> ours =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-"))
            .toList();
    assertThat(ours).contains("--add-modules=jdk.incubator.vector");
    assertThat(configuration.get(CoreOptions.FLINK_JVM_OPTIONS).split(" ")).containsAll(ours);
  }

  @Test
  void theImageHasTheFlinkThatTheJobIsBuiltFor() throws IOException {
    assertThat(Files.readAllLines(Path.of("..", "docker", "Dockerfile")))
        .contains("FROM flink:" + EnvironmentInformation.getVersion() + "-java17");
  }

  @Test
  void theDeploymentForKubernetesSaysTheSame() throws Exception {
    Path file = Path.of("..", "docker", "flink-deployment.yaml");
    Map<String, Object> spec = map(YamlParserUtils.loadYamlFile(file.toFile()), "spec");
    Map<String, Object> own = map(spec, "flinkConfiguration");
    assertThat(own.keySet())
        .containsAll(
            configuration.keySet().stream()
                .filter(key -> key.matches("(execution|restart-strategy|heartbeat|pipeline)\\..*"))
                .toList());
    own.forEach(
        (key, value) -> {
          if (configuration.containsKey(key) && !key.endsWith("dir")) { // folders are the user's
            assertThat(value)
                .as(key)
                .hasToString(configuration.toMap().get(key).replaceAll("^'|'$", ""));
          }
        });
    assertThat(map(map(spec, "taskManager"), "resource").get("memory"))
        .isEqualTo(configuration.toMap().get("taskmanager.memory.process.size"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> yaml, String key) {
    return (Map<String, Object>) yaml.get(key);
  }

  @Test
  void keyGroupsAreThoseThatTheJobSpreadsHeadsOver() {
    assertThat(configuration.get(PipelineOptions.MAX_PARALLELISM))
        .isEqualTo(AttentionLayer.DEFAULT_MAX_PARALLELISM);
  }

  @Test
  void nothingListensToOtherMachines() {
    assertThat(configuration.get(RestOptions.BIND_ADDRESS)).isEqualTo("localhost");
    assertThat(configuration.get(JobManagerOptions.BIND_HOST)).isEqualTo("localhost");
    assertThat(configuration.get(TaskManagerOptions.BIND_HOST)).isEqualTo("localhost");
  }

  @Test
  void theLinesForKryoAreThoseOfTheProgram() throws IOException {
    String comments =
        Files.readAllLines(FOLDER.resolve("config.yaml")).stream()
            .filter(line -> line.startsWith("# pipeline.") || line.startsWith("#   - "))
            .map(line -> line.substring(2) + "\n")
            .collect(Collectors.joining());
    assertThat(comments.replace("pipeline.serialization-config:\n", "")).isNotEqualTo(comments);
    assertThat(comments.replaceAll("(?m)^ *", ""))
        .isEqualTo(
            HeadstreamSerialization.YAML
                .replaceAll("(?m)^ *", "")
                .replace("pipeline:\nserialization-config:", "pipeline.serialization-config:"));
  }
}
