package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.AttentionJob;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each slot's share of the head tasks, counted in the running job, also after a rescale. */
class RescaleITCase {
  private static final long SEED = 20261124;
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 8;
  private static final int SEQUENCES = 100;
  private static final InMemoryReporter REPORTER = InMemoryReporter.createWithRetainedMetrics();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(4)
              .setConfiguration(configuration())
              .build());

  @TempDir static Path folder;

  private static Configuration configuration() {
    Configuration configuration = REPORTER.addToConfiguration(new Configuration());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return configuration;
  }

  @ParameterizedTest
  @CsvSource({"8, 2", "8, 4", "8, 8", "4, 2"})
  void everySlotGetsItsEqualShareOfTheHeadTasks(int groups, int parallelism) throws Exception {
    Sequences sequences = new Sequences(SEED, SEQUENCES, 8, MODEL_DIM, HEADS);
    assertThat(headTasks(run(sequences, groups, parallelism).getJobID()))
        .as("seed %d", SEED)
        .hasSize(parallelism)
        .allSatisfy((slot, tasks) -> assertThat(tasks).isEqualTo(SEQUENCES * groups / parallelism));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noSlotGetsTwoOfFourGroupsWhereThereAreEightSlots(long seed) throws Exception {
    Sequences one = new Sequences(seed, 1, 8, MODEL_DIM, HEADS);
    assertThat(headTasks(run(one, 4, 8).getJobID()).values())
        .as("seed %d", seed)
        .containsExactlyInAnyOrder(0L, 0L, 0L, 0L, 1L, 1L, 1L, 1L);
  }

  @Test
  void afterASavepointAndARestartAtTwoStillSoAndNoByteIsOther() throws Exception {
    Sequences sequences = new Sequences(SEED, SEQUENCES, 16, MODEL_DIM, HEADS);
    List<Token> tokens = sequences.shuffled(SEED);
    JobRun undisturbed = new JobRun(folder.resolve("undisturbed"));
    StreamExecutionEnvironment whole = environment(2);
    job(undisturbed, sequences, tokens, RateLimiterStrategy.noOp()).build(whole);
    whole.execute();

    JobRun disturbed = new JobRun(folder.resolve("disturbed"));
    StreamExecutionEnvironment slow = environment(4);
    job(disturbed, sequences, tokens, RateLimiterStrategy.perSecond(400)).build(slow);
    JobClient client = slow.executeAsync();
    CommonTestUtils.waitUntilCondition(() -> tokensParsed(client.getJobID()) > tokens.size() / 3);
    String savepoint =
        client
            .stopWithSavepoint(
                false, folder.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
            .get();
    int answeredBefore = disturbed.sortedAnswers().size();

    StreamExecutionEnvironment restored = environment(2);
    restored.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
    job(disturbed, sequences, tokens, RateLimiterStrategy.noOp()).build(restored);
    JobID second = restored.execute().getJobID();

    assertThat(disturbed.sortedAnswers())
        .as("seed %d", SEED)
        .isEqualTo(undisturbed.sortedAnswers());
    // The stop was mid-way: some sequences were answered before, and all others after it.
    Map<Integer, Long> tasks = headTasks(second);
    assertThat(answeredBefore).isPositive().isLessThan(tokens.size());
    assertThat(tasks).hasSize(2);
    assertThat(tasks.get(0)).isPositive().isEqualTo(tasks.get(1));
  }

  private static JobExecutionResult run(Sequences sequences, int groups, int parallelism)
      throws Exception {
    Path folderOfRun = folder.resolve("run-" + folder.toFile().list().length);
    Path input = Sequences.write(sequences.interleaved(), folderOfRun.resolve("in"), 1);
    StreamExecutionEnvironment env = environment(parallelism);
    new JobRun(folderOfRun)
        .job(input, new JsonTokenParser(MODEL_DIM, false, false), layer(sequences, groups))
        .build(env);
    return env.execute();
  }

  /** The job over records that can be read slowly, with 8 head groups. */
  private static AttentionJob job(
      JobRun run, Sequences sequences, List<Token> tokens, RateLimiterStrategy rate)
      throws Exception {
    return run.job(
        TokensInMemory.source(tokens, new JsonTokenParser(MODEL_DIM, false, false), rate),
        layer(sequences, 8));
  }

  private static long tokensParsed(JobID job) {
    return bySubtask(job, "Embed tokens", "numRecordsOut").values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static AttentionLayer layer(Sequences sequences, int groups) throws Exception {
    Path weights = folder.resolve("layer.safetensors");
    sequences.writeWeights(weights);
    return AttentionLayer.fromFile(
        weights.toString(), AttentionSettings.of(MODEL_DIM, HEADS).withHeadGroups(groups));
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(parallelism);
    env.enableCheckpointing(100);
    return env;
  }

  /** By subtask, how many head tasks it was given. */
  private static Map<Integer, Long> headTasks(JobID job) {
    return bySubtask(job, "Attend with", "numRecordsIn");
  }

  private static Map<Integer, Long> bySubtask(JobID job, String operator, String counter) {
    Map<Integer, Long> counts = new TreeMap<>();
    for (OperatorMetricGroup group : REPORTER.findOperatorMetricGroups(job, operator)) {
      int subtask = Integer.parseInt(group.getAllVariables().get("<subtask_index>"));
      Counter count = (Counter) REPORTER.getMetricsByGroup(group).get(counter);
      counts.merge(subtask, count.getCount(), Long::sum);
    }
    return counts;
  }
}
