package io.headstream.job;

import io.headstream.job.app.AttentionJob;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.output.AttentionMapEncoder;
import io.headstream.job.app.output.AttentionRowEncoder;
import io.headstream.job.app.output.DeadLetterEncoder;
import io.headstream.job.app.output.OutputFiles;
import io.headstream.job.app.output.TokenEncoder;
import io.headstream.job.app.source.RecordReader;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.app.source.TokenFiles;
import io.headstream.job.app.source.TokenParser;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job over files on the test's MiniCluster, and reads what it wrote. */
public final class JobRun {
  private static final int MAX_RECORD_BYTES = 1 << 20;

  final Path answers;
  final Path deadLetters;
  final Path attentionMaps;

  JobRun(Path output) {
    this.answers = output.resolve("answers");
    this.deadLetters = output.resolve("answers-dead-letters");
    this.attentionMaps = output.resolve("attention-weights");
  }

  /** Runs to the end of the input. */
  void execute(Path input, TokenParser parser, AttentionLayer layer, int parallelism)
      throws Exception {
    execute(input, parser, layer, parallelism, "hashmap");
  }

  /** The same with a state backend. */
  void execute(
      Path input, TokenParser parser, AttentionLayer layer, int parallelism, String stateBackend)
      throws Exception {
    // A job that fails has to fail, not to be started again for ever.
    Configuration noRestarts = new Configuration();
    noRestarts.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    noRestarts.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(noRestarts);
    env.setParallelism(parallelism);
    env.enableCheckpointing(100); // the last files are committed by a checkpoint
    job(input, parser, layer).build(env);
    env.execute();
  }

  AttentionJob job(Path input, TokenParser parser, AttentionLayer layer) throws IOException {
    return job(TokenFiles.source(flink(input), new RecordReader(parser, MAX_RECORD_BYTES)), layer);
  }

  AttentionJob job(Source<ReadRecord, ?, ?> records, AttentionLayer layer) {
    return new AttentionJob(
            records,
            TokenEmbedding.OF_RECORD,
            layer,
            OutputFiles.sink(flink(answers), new TokenEncoder()),
            OutputFiles.sink(flink(deadLetters), new DeadLetterEncoder(TokenFormat.DEFAULT)))
        .withAttentionMaps(OutputFiles.sink(flink(attentionMaps), new AttentionMapEncoder()))
        .withAttentionRows(OutputFiles.sink(flink(attentionMaps), new AttentionRowEncoder()));
  }

  /** The answers' lines, sorted by sequence and position. */
  List<String> sortedAnswers() {
    return PartFiles.sortedAnswers(answers);
  }

  List<String> attentionMapLines() {
    return PartFiles.lines(attentionMaps);
  }

  List<String> deadLetterLines() {
    return PartFiles.lines(deadLetters);
  }

  private static org.apache.flink.core.fs.Path flink(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri());
  }
}
