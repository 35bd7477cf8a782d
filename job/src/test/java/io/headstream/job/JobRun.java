package io.headstream.job;

import io.headstream.job.output.DeadLetterEncoder;
import io.headstream.job.output.OutputFiles;
import io.headstream.job.output.TokenEncoder;
import io.headstream.job.source.TokenFiles;
import io.headstream.job.source.TokenParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job over files on the test's MiniCluster, and reads what it wrote. */
final class JobRun {
  private static final Pattern KEY =
      Pattern.compile("\\{\"sequence_id\":\"([^\"]*)\",\"position\":(\\d+)");
  private static final int MAX_RECORD_BYTES = 1 << 20;

  final Path answers;
  final Path deadLetters;

  JobRun(Path output) {
    this.answers = output.resolve("answers");
    this.deadLetters = output.resolve("answers-dead-letters");
  }

  /** Runs to the end of the input. */
  void execute(Path input, TokenParser parser, AttentionLayer layer, int parallelism)
      throws Exception {
    // A job that fails has to fail, not to be started again for ever.
    Configuration noRestarts = new Configuration();
    noRestarts.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(noRestarts);
    env.setParallelism(parallelism);
    env.enableCheckpointing(100); // the last files are committed by a checkpoint
    job(input, parser, layer).build(env);
    env.execute();
  }

  AttentionJob job(Path input, TokenParser parser, AttentionLayer layer) throws IOException {
    return new AttentionJob(
        TokenFiles.source(flink(input), MAX_RECORD_BYTES),
        parser,
        MAX_RECORD_BYTES,
        layer,
        OutputFiles.sink(flink(answers), new TokenEncoder()),
        OutputFiles.sink(flink(deadLetters), new DeadLetterEncoder()));
  }

  /** The answers' lines, sorted by sequence and position. */
  List<String> sortedAnswers() {
    List<String> lines = lines(answers);
    lines.sort(
        Comparator.<String, String>comparing(line -> key(line).group(1))
            .thenComparing(line -> Integer.parseInt(key(line).group(2)))
            .thenComparing(line -> line));
    return lines;
  }

  List<String> deadLetterLines() {
    return lines(deadLetters);
  }

  private static Matcher key(String line) {
    Matcher matcher = KEY.matcher(line);
    if (!matcher.find()) {
      throw new IllegalArgumentException("not an answer: " + line);
    }
    return matcher;
  }

  /** The committed lines of all part files below a folder. */
  static List<String> lines(Path folder) {
    List<String> lines = new ArrayList<>();
    if (!Files.exists(folder)) {
      return lines;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (file.getFileName().toString().startsWith("part-")) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static org.apache.flink.core.fs.Path flink(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri());
  }
}
