package io.headstream.job.app;

import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import io.headstream.job.app.options.UsageException;
import java.util.Optional;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job on a Flink cluster: {@code flink run job/target/headstream.jar [options]}. */
public final class Main {
  private Main() {}

  /**
   * Submits the job. {@code --help} and {@code --version} print and return.
   *
   * @param arguments the options of {@code --help}
   * @throws ProgramParametrizationException if anything is wrong with the options or with what they
   *     name; the message is one line
   * @throws Exception if the job cannot be submitted
   */
  public static void main(String[] arguments) throws Exception {
    Optional<String> information = Options.information(arguments);
    if (information.isPresent()) {
      System.out.println(information.get());
      return;
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    try {
      Options options = Options.parse(RunsOn.CLUSTER, arguments);
      Locations locations = Locations.of(options);
      JobFromOptions.build(env, options, locations);
      locations.createFolders();
    } catch (UsageException e) {
      throw new ProgramParametrizationException(e.getMessage());
    }
    env.execute("Headstream");
  }
}
