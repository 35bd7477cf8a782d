package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.Reference;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.TokenParser;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attention weights that token mode writes beside its answers, on a MiniCluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionRowsITCase {
  private static final long SEED = 9;
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;
  private static final AttentionSample SAMPLE = new AttentionSample(Set.of("seq-3"), 4);
  private static final int ANY_ORDER = 100_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  @TempDir static Path folder;

  private final Sequences sequences = new Sequences(SEED, 16, 200, MODEL_DIM, HEADS);
  private final Map<String, List<Token>> sampled = new HashMap<>();
  private Path weights;
  private Path interleaved;
  private Path shuffled;
  private int runs;

  @BeforeAll
  void writeFiles() throws Exception {
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    interleaved = Sequences.write(sequences.interleaved(), folder.resolve("interleaved"), 1);
    shuffled = Sequences.write(sequences.shuffled(SEED), folder.resolve("shuffled"), 2);
    for (List<Token> sequence : sequences.sequences) {
      if (SAMPLE.contains(sequence.get(0).sequenceId())) {
        sampled.put(sequence.get(0).sequenceId(), sequence);
      }
    }
    assertThat(sampled.keySet()).hasSizeBetween(2, 10).contains("seq-3");
  }

  @ParameterizedTest(
      name = "{0} head groups, parallelism {1}, {2}, window {3}, {4} sinks, shuffled {5}")
  @CsvSource({
    "1, 2, hashmap, 2147483647, 0, true, 0",
    "1, 1, rocksdb, 70, 3, false, 0.4",
    "2, 3, rocksdb, 2147483647, 0, false, 0",
    "2, 2, hashmap, 130, 66, true, 0",
    "4, 3, hashmap, 0, 0, false, 0",
  })
  void theyAreThoseOfTheFormulaAndTheAnswersStayAsTheyWere(
      int headGroups,
      int parallelism,
      String backend,
      int window,
      int sinks,
      boolean anyOrder,
      double dropout)
      throws Exception {
    AttentionSettings settings =
        AttentionSettings.of(MODEL_DIM, HEADS)
            .withHeadGroups(headGroups)
            .withWindow(window, sinks)
            .withDropout(dropout, 9)
            .withTokenMode(ANY_ORDER, null)
            .withPageCacheBytes(1 << 16);
    Path input = anyOrder ? shuffled : interleaved;
    JobRun without = run(input, settings, AttentionSample.none(), parallelism, backend);
    JobRun with = run(input, settings, SAMPLE, parallelism, backend);

    assertThat(with.sortedAnswers()).isEqualTo(without.sortedAnswers());
    assertThat(without.attentionMapLines()).isEmpty();
    assertRight(with.attentionMapLines(), window, sinks);
    assertInOrder(with);
  }

  private void assertRight(List<String> lines, int window, int sinks) throws Exception {
    Map<String, double[]> expected = new HashMap<>();
    sampled.forEach(
        (id, sequence) -> {
          float[] x = Block.ofSequence(id, sequence).values();
          double[] formula =
              Reference.headWeights(
                  sequences.weights,
                  x,
                  sequence.size(),
                  (i, j) -> j <= i && (i - j <= window || j < sinks) ? 1 : 0);
          expected.put(id, formula);
        });
    int rows = sampled.values().stream().mapToInt(sequence -> sequence.size() * HEADS).sum();
    assertThat(lines).hasSize(rows).doesNotHaveDuplicates();
    for (String line : lines) {
      JsonNode row = JSON.readTree(line);
      assertThat(row.fieldNames())
          .toIterable()
          .containsExactly("sequence_id", "head", "position", "keys", "attention");
      String id = row.get("sequence_id").asText();
      int position = row.get("position").asInt();
      int length = sampled.get(id).size();
      int offset = (row.get("head").asInt() * length + position) * length;
      List<Integer> keys = new ArrayList<>();
      double sum = 0;
      for (int n = 0; n < row.get("keys").size(); n++) {
        keys.add(row.get("keys").get(n).asInt());
        double weight = row.get("attention").get(n).asDouble();
        double wanted = expected.get(id)[offset + keys.get(n)];
        if (!(Math.abs(weight - wanted) <= 1e-6)) {
          throw new AssertionError("seed %d, key %d: %s in %s".formatted(SEED, n, wanted, line));
        }
        sum += weight;
      }
      assertThat(row.get("attention")).hasSize(keys.size());
      assertThat(sum).as(line).isBetween(1 - 1e-6, 1 + 1e-6);
      List<Integer> seen = new ArrayList<>();
      for (int j = 0; j <= position; j++) {
        if (position - j <= window || j < sinks) {
          seen.add(j);
        }
      }
      assertThat(keys).isEqualTo(seen);
    }
  }

  /** In each file the positions of a sequence and head rise. */
  private static void assertInOrder(JobRun run) throws Exception {
    List<Path> files;
    try (Stream<Path> found = Files.list(run.attentionMaps)) {
      files = found.toList();
    }
    for (Path file : files) {
      Map<String, Integer> last = new HashMap<>();
      for (String line : Files.readAllLines(file)) {
        JsonNode row = JSON.readTree(line);
        String of = row.get("sequence_id").asText() + " " + row.get("head").asInt();
        int position = row.get("position").asInt();
        assertThat(position).as(of).isGreaterThan(last.getOrDefault(of, -1));
        last.put(of, position);
      }
    }
  }

  /** Fails once, after the first rows were committed, and goes on from the checkpoint. */
  @Test
  void afterAFailureTheSameRowsComeOnce() throws Exception {
    AttentionSettings settings =
        AttentionSettings.of(MODEL_DIM, HEADS)
            .withHeadGroups(2)
            .withTokenMode(ANY_ORDER, null)
            .withPageCacheBytes(1 << 16);
    JobRun undisturbed = run(interleaved, settings, SAMPLE, 2, "hashmap");

    JobRun disturbed = new JobRun(folder.resolve("run-" + runs++));
    FailsOnce.rows = disturbed.attentionMaps;
    FailsOnce.failed = false;
    Configuration restarts = new Configuration();
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(restarts);
    env.setParallelism(2);
    env.enableCheckpointing(100);
    List<Token> tokens = sequences.interleaved();
    disturbed
        .job(
            TokensInMemory.source(
                tokens, new FailsOnce(), RateLimiterStrategy.perSecond(tokens.size() / 3.0)),
            layer(settings, SAMPLE))
        .build(env);
    env.execute();

    assertThat(FailsOnce.failed).isTrue();
    assertThat(sorted(disturbed.attentionMapLines()))
        .as("seed %d", SEED)
        .isEqualTo(sorted(undisturbed.attentionMapLines()));
    assertThat(disturbed.sortedAnswers()).isEqualTo(undisturbed.sortedAnswers());
  }

  /** Throws at the first record after a checkpoint has committed attention weights. */
  private static final class FailsOnce implements TokenParser {
    private static final long serialVersionUID = 1L;
    private static volatile Path rows;
    private static volatile boolean failed;
    private final TokenParser parser = new JsonTokenParser(MODEL_DIM, false, false);

    @Override
    public ReadRecord parse(RawRecord record) {
      if (!failed && !PartFiles.lines(rows).isEmpty()) {
        failed = true;
        throw new IllegalStateException("fails on purpose");
      }
      return parser.parse(record);
    }
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().collect(Collectors.toList());
  }

  private JobRun run(
      Path input,
      AttentionSettings settings,
      AttentionSample sample,
      int parallelism,
      String backend)
      throws Exception {
    JobRun run = new JobRun(folder.resolve("run-" + runs++));
    run.execute(
        input,
        new JsonTokenParser(MODEL_DIM, false, false),
        layer(settings, sample),
        parallelism,
        backend);
    assertThat(run.deadLetterLines()).isEmpty();
    return run;
  }

  private AttentionLayer layer(AttentionSettings settings, AttentionSample sample)
      throws Exception {
    return AttentionLayer.fromFile(weights.toString(), settings).withAttentionMaps(sample);
  }
}
