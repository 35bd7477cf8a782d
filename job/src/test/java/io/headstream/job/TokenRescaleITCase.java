package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionMask;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Token by token, stopped again and again while tokens flow, and gone on at another parallelism and
 * with the other state backend: no byte is other than undisturbed.
 */
class TokenRescaleITCase {
  private static final long SEED = 20261126;
  private static final int MODEL_DIM = 16;
  private static final int HEADS = 4;
  private static final int PER_SECOND = 60;
  private static final InMemoryReporter REPORTER = InMemoryReporter.createWithRetainedMetrics();

  /** Each pair of parallelisms from 1 to 4 stands side by side once, a number beside itself too. */
  private static final int[] ALL_PAIRS = {1, 1, 2, 1, 3, 1, 4, 2, 2, 3, 2, 4, 3, 3, 4, 4, 1};

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .setConfiguration(configuration())
              .build());

  @TempDir static Path folder;

  private static Configuration configuration() {
    Configuration configuration = REPORTER.addToConfiguration(new Configuration());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return configuration;
  }

  /** The first run has one reader, so that tokens come in the order in which they stand. */
  static Stream<Arguments> runs() {
    return Stream.of(
        Arguments.of("fanned out, all pairs", 2, ALL_PAIRS),
        Arguments.of("in one place", 1, new int[] {1, 3, 2, 4, 1}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void noByteIsOtherHoweverOftenItIsStoppedAndRescaled(
      String name, int groups, int[] parallelisms, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    Random random = new Random(SEED);
    Sequences sequences = new Sequences(SEED, 40, 300, MODEL_DIM, HEADS);
    List<Token> tokens = sequences.interleaved();
    JobRun run = new JobRun(folder.resolve("groups-" + groups));
    String savepoint = null;
    List<Integer> answered = new ArrayList<>();
    for (int start = 0; start < parallelisms.length; start++) {
      boolean isLast = start == parallelisms.length - 1;
      int parallelism = parallelisms[start];
      StreamExecutionEnvironment env = environment(parallelism, start, savepoint);
      RateLimiterStrategy rate =
          isLast
              ? RateLimiterStrategy.noOp()
              : RateLimiterStrategy.perSecond(PER_SECOND * (double) parallelism);
      run.job(
              TokensInMemory.source(tokens, new JsonTokenParser(MODEL_DIM, false, false), rate),
              layer(sequences, groups))
          .build(env);
      if (isLast) {
        env.execute();
      } else {
        JobClient client = env.executeAsync();
        int few = 5 + random.nextInt(30);
        CommonTestUtils.waitForAllTaskRunning(cluster, client.getJobID(), true);
        CommonTestUtils.waitUntilCondition(() -> tokensParsed(client) > few);
        // There is one split, so all readers but one finish at once; Flink fails a savepoint that
        // is asked for in the moment in which one does.
        CommonTestUtils.waitUntilCondition(() -> readersLeft(cluster, client) == 1);
        savepoint =
            client
                .stopWithSavepoint(
                    false, folder.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
                .get();
      }
      answered.add(run.sortedAnswers().size());
    }
    assertThat(run.deadLetterLines()).isEmpty();
    assertThat(run.sortedAnswers())
        .as("seed %d", SEED)
        .isEqualTo(sequences.libraryAnswers(AttentionMask.window(150, 0, 3)));
    // Each stop was midway, and each start answered something.
    assertThat(answered).isSorted().doesNotHaveDuplicates();
  }

  private static StreamExecutionEnvironment environment(
      int parallelism, int start, String savepoint) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, start % 2 == 0 ? "hashmap" : "rocksdb");
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    env.enableCheckpointing(100);
    return env;
  }

  private static AttentionLayer layer(Sequences sequences, int groups) throws Exception {
    Path weights = folder.resolve("layer.safetensors");
    sequences.writeWeights(weights);
    // Little stays decoded, so that the state is read from and not only written to.
    return AttentionLayer.fromFile(
        weights.toString(),
        AttentionSettings.of(MODEL_DIM, HEADS)
            .withWindow(150, 3)
            .withTokenMode(64, null)
            .withPageCacheBytes(50_000)
            .withHeadGroups(groups));
  }

  private static long readersLeft(MiniCluster cluster, JobClient client) throws Exception {
    AccessExecutionJobVertex readers =
        cluster
            .getExecutionGraph(client.getJobID())
            .get()
            .getVerticesTopologically()
            .iterator()
            .next();
    return Stream.of(readers.getTaskVertices())
        .filter(reader -> reader.getExecutionState() == ExecutionState.RUNNING)
        .count();
  }

  private static long tokensParsed(JobClient client) throws Exception {
    assertThat(client.getJobStatus().get())
        .as("a job with tokens left")
        .isEqualTo(JobStatus.RUNNING);
    long tokens = 0;
    for (OperatorMetricGroup group :
        REPORTER.findOperatorMetricGroups(client.getJobID(), "Embed tokens")) {
      tokens += ((Counter) REPORTER.getMetricsByGroup(group).get("numRecordsOut")).getCount();
    }
    return tokens;
  }
}
