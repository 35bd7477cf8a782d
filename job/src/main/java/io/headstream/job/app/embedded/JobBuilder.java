package io.headstream.job.app.embedded;

import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.UsageException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Puts the job that the options describe into an environment. */
@FunctionalInterface
public interface JobBuilder {

  /**
   * Builds the job, ready to be executed.
   *
   * @return the layer that answers
   * @throws UsageException if the weights are refused
   * @throws Exception if anything else prevents the job
   */
  BuiltLayer build(StreamExecutionEnvironment env, Options options, Locations locations)
      throws Exception;
}
