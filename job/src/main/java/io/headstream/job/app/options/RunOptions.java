package io.headstream.job.app.options;

import picocli.CommandLine.Option;

/** How the job runs on the Flink inside this JVM, and what ends before a job begins. */
final class RunOptions {
  @StateDepends(false)
  @Option(
      names = "--parallelism",
      paramLabel = "N",
      converter = Values.Parallelism.class,
      description =
          "how many subtasks of each operator; may exceed the cores (embedded only). Default: the"
              + " number of cores")
  Integer parallelism;

  @StateDepends(false)
  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      converter = Values.Location.class,
      description =
          "checkpoint into this folder every 2 s; a second start goes on from the newest (embedded"
              + " only). Default: none, a killed run starts over")
  String checkpoints;

  @StateDepends(false)
  @Option(
      names = "--web-ui",
      paramLabel = "PORT",
      converter = Values.Port.class,
      description =
          "show Flink's web UI at http://localhost:PORT while the job runs, to this machine only"
              + " (embedded only). Default: off")
  Integer webUi;

  @StateDepends(false)
  @Option(names = "--help", usageHelp = true, description = "print this and end. Default: off")
  boolean help;

  @StateDepends(false)
  @Option(
      names = "--version",
      versionHelp = true,
      description = "print the version and end. Default: off")
  boolean version;
}
