package io.headstream.job.app.options;

import java.time.Duration;
import picocli.CommandLine.Option;

/** What is read, and how records become sequences. */
final class InputOptions {
  @StateDepends(true)
  @Option(
      names = "--input",
      paramLabel = "URI",
      converter = Values.Location.class,
      description =
          "a file or folder of token records (any Flink file system), kafka:TOPIC, or - for"
              + " stdin (embedded only). Required.")
  String input;

  @StateDepends(true)
  @Option(
      names = "--input-format",
      paramLabel = "jsonl|text",
      defaultValue = "jsonl",
      converter = Values.Format.class,
      description =
          "jsonl: one token record a line. text: each line that is not blank is one sequence of"
              + " words. Default: ${DEFAULT-VALUE}")
  InputFormat format;

  @StateDepends(true)
  @Option(
      names = "--positions-from",
      paramLabel = "record|arrival",
      defaultValue = "record",
      converter = Values.PositionsFrom.class,
      description =
          "arrival: position is not in the record but counted as tokens arrive. Default:"
              + " ${DEFAULT-VALUE}")
  String positionsFrom;

  @StateDepends(true)
  @Option(
      names = "--session-gap",
      paramLabel = "DURATION",
      converter = Values.Time.class,
      description =
          "a sequence also ends when no token came for this long (30 s, 5 min), in processing time,"
              + " or in event time with --event-time. Default: off")
  Duration sessionGap;

  @StateDepends(true)
  @Option(
      names = "--event-time",
      description =
          "every record needs timestamp, watermarks follow it, and the session gap is in its time."
              + " Default: off")
  boolean eventTime;

  @StateDepends(true)
  @Option(
      names = "--max-out-of-orderness",
      paramLabel = "DURATION",
      defaultValue = "5 s",
      converter = Values.Time.class,
      description =
          "with --event-time: how far a record may be behind the newest one of its file or"
              + " partition. Default: ${DEFAULT-VALUE}")
  Duration maxOutOfOrderness;

  @StateDepends(true)
  @Option(
      names = "--max-length",
      paramLabel = "N",
      defaultValue = "8192",
      converter = Values.Count.class,
      description =
          "a longer sequence goes to the dead letters as TOO_LONG; token mode: the longest context"
              + " kept, earlier positions are forgotten. Default: ${DEFAULT-VALUE}")
  int maxLength;

  @StateDepends(true)
  @Option(
      names = "--max-record-bytes",
      paramLabel = "N",
      defaultValue = "1048576",
      converter = Values.RecordBytes.class,
      description =
          "a longer record goes to the dead letters as TOO_LARGE. Default: ${DEFAULT-VALUE} (1 MiB)")
  int maxRecordBytes;
}
