package io.headstream.job.app.embedded;

import io.headstream.job.app.options.UsageException;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.IllegalConfigurationException;

/**
 * What Flink's own configuration says of where state lies: the {@code config.yaml} in the folder
 * that {@code FLINK_CONF_DIR} names, as for every Flink process. Of the rest of the file the Flink
 * inside this JVM takes nothing, because a cluster's addresses and memory are not its own.
 */
final class StateBackendSettings {
  private static final String[] PREFIXES = {
    "state.backend.", "execution.checkpointing.incremental", "taskmanager.memory.managed."
  };

  private StateBackendSettings() {}

  /**
   * The settings of the environment; empty where it names no folder.
   *
   * @throws UsageException if there is no configuration in the folder
   */
  static Configuration ofEnvironment(Map<String, String> environment) {
    Configuration settings = new Configuration();
    String folder = environment.get("FLINK_CONF_DIR");
    if (folder == null || folder.isEmpty()) {
      return settings;
    }
    try {
      GlobalConfiguration.loadConfiguration(folder)
          .toMap()
          .forEach(
              (key, value) -> {
                for (String prefix : PREFIXES) {
                  if (key.startsWith(prefix)) {
                    settings.setString(key, value);
                  }
                }
              });
    } catch (IllegalConfigurationException e) {
      throw new UsageException("FLINK_CONF_DIR " + folder + ": " + e.getMessage());
    }
    return settings;
  }
}
