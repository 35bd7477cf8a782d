package io.headstream.job.app.options;

import picocli.CommandLine.Option;

/** Where the answers go, and what could not be used. */
final class OutputOptions {
  @StateDepends(true)
  @Option(
      names = "--output",
      paramLabel = "URI",
      converter = Values.Location.class,
      description =
          "a folder (JSON Lines part files) or kafka:TOPIC. Default: stdout (embedded" + " only)")
  String output;

  @StateDepends(false)
  @Option(
      names = "--overwrite",
      description =
          "empty an output folder that is not empty, and those for dead letters and attention"
              + " weights, of part files first (embedded only). Default: off, such a folder is"
              + " refused")
  boolean overwrite;

  @StateDepends(true)
  @Option(
      names = "--dead-letters",
      paramLabel = "URI",
      converter = Values.Location.class,
      description =
          "the folder or kafka:TOPIC for records that cannot be used. Default: the output's name +"
              + " -dead-letters; stderr where the output is stdout")
  String deadLetters;
}
