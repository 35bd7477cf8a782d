package io.headstream.job.app.options;

/** Where the job is going to run, which decides what some options may be. */
public enum RunsOn {
  /** On a Flink of its own inside this JVM: {@code ./headstream}. */
  EMBEDDED,
  /** On somebody's cluster: {@code flink run}. */
  CLUSTER
}
