package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionMask;
import io.headstream.job.app.AttentionJob;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.app.source.TokenEmbedding;
import io.headstream.job.records.Token;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints that earlier releases wrote in token mode are gone on from, with the bytes that an
 * undisturbed run has.
 *
 * <p>A folder of resources has one savepoint for each release, {@code vN/head-groups-G}. The files
 * are never written again: a release that writes another state adds its own, by {@link #main} with
 * the folder.
 */
class StoredSavepointITCase {
  private static final Path FOLDER = Path.of("src/test/resources/savepoints");
  private static final long SEED = 20261127;
  private static final int MODEL_DIM = 8;
  private static final int HEADS = 4;

  /** What came out of all runs of this class's jobs since it was emptied. */
  private static final Queue<String> ANSWERS = new ConcurrentLinkedQueue<>();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  static Stream<Path> savepoints() throws Exception {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .map(Path::getParent)
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("savepoints")
  void isGoneOnFrom(Path savepoint) throws Exception {
    int groups = groups(savepoint);
    Sequences sequences = sequences();
    ANSWERS.clear();
    StreamExecutionEnvironment env = environment(3, savepoint);
    job(sequences, groups, RateLimiterStrategy.noOp()).build(env);
    env.execute();
    List<String> expected = sequences.libraryAnswers(AttentionMask.window(70, 0, 2));
    // The rest of every sequence, and nothing that had been answered before.
    assertThat(ANSWERS).doesNotHaveDuplicates().isSubsetOf(expected);
    for (List<Token> sequence : sequences.sequences) {
      String start = "{\"sequence_id\":\"" + sequence.get(0).sequenceId() + "\"";
      List<String> all = expected.stream().filter(line -> line.startsWith(start)).toList();
      List<String> rest = ANSWERS.stream().filter(line -> line.startsWith(start)).toList();
      assertThat(rest).isEqualTo(all.subList(all.size() - rest.size(), all.size()));
    }
    assertThat(ANSWERS.size()).isBetween(1, expected.size() - 100);
  }

  @Test
  void ofAnotherLayerIsRefused() throws Exception {
    Sequences same = sequences();
    for (int groups : new int[] {1, 4}) {
      assertRefused(same, groups, "head-groups 2, this job has head-groups " + groups);
    }
    assertRefused(
        new Sequences(SEED, 0, 1, 2 * MODEL_DIM, HEADS),
        2,
        "model-dim 8, this job has model-dim 16");
    assertRefused(new Sequences(SEED, 0, 1, MODEL_DIM, 2), 2, "heads 4, this job has heads 2");
    Sequences other = new Sequences(SEED + 1, 0, 1, MODEL_DIM, HEADS);
    assertRefused(
        other,
        2,
        "weights SHA-256 %s, this job has weights SHA-256 %s"
            .formatted(same.weights.digest(), other.weights.digest()));
  }

  /** The tokens stay those of the savepoint, as far as the layer takes them. */
  private static void assertRefused(Sequences layer, int groups, String values) throws Exception {
    Path savepoint = savepoints().filter(path -> groups(path) == 2).findFirst().orElseThrow();
    List<Token> tokens = new ArrayList<>();
    for (Token token : disordered(sequences())) {
      tokens.add(token.withEmbedding(Arrays.copyOf(token.embedding(), layer.modelDim)));
    }
    StreamExecutionEnvironment env = environment(1, savepoint);
    // Slowly, lest tokens that the savepoint holds back be handed on, and fail for their width,
    // before the operator behind has looked at its own state.
    job(tokens, layer, groups, RateLimiterStrategy.perSecond(1)).build(env);
    assertThatThrownBy(env::execute).hasStackTraceContaining("the state was made with " + values);
  }

  /** Writes the savepoints of today. */
  public static void main(String[] folder) throws Exception {
    for (int groups : new int[] {1, 2}) {
      Path target = Path.of(folder[0], "head-groups-" + groups);
      ANSWERS.clear();
      // One reader, so that tokens come in the order in which they stand.
      StreamExecutionEnvironment env = environment(1, null);
      job(sequences(), groups, RateLimiterStrategy.perSecond(100)).build(env);
      JobClient client = env.executeAsync();
      // Beyond the first page of the long sequences, and with some of them at their end.
      CommonTestUtils.waitUntilCondition(() -> ANSWERS.size() > 250);
      String savepoint =
          client
              .stopWithSavepoint(
                  false,
                  Files.createTempDirectory("savepoint").toString(),
                  SavepointFormatType.CANONICAL)
              .get();
      Files.createDirectories(target);
      try (Stream<Path> files = Files.list(Path.of(URI.create(savepoint)))) {
        for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
      System.out.println(target + ": " + ANSWERS.size() + " answers before");
    }
    System.exit(0);
  }

  private static int groups(Path savepoint) {
    return Integer.parseInt(savepoint.getFileName().toString().replace("head-groups-", ""));
  }

  private static Sequences sequences() {
    return new Sequences(SEED, 6, 150, MODEL_DIM, HEADS);
  }

  private static AttentionJob job(Sequences sequences, int groups, RateLimiterStrategy rate)
      throws Exception {
    return job(disordered(sequences), sequences, groups, rate);
  }

  private static AttentionJob job(
      List<Token> tokens, Sequences layer, int groups, RateLimiterStrategy rate) throws Exception {
    Path weights = Files.createTempDirectory("weights").resolve("layer.safetensors");
    layer.writeWeights(weights);
    AttentionSettings settings =
        AttentionSettings.of(layer.modelDim, layer.weights.heads())
            .withHeadGroups(groups)
            .withWindow(70, 2)
            .withTokenMode(64, null)
            .withPageCacheBytes(0);
    return new AttentionJob(
        TokensInMemory.source(tokens, new JsonTokenParser(layer.modelDim, false, false), rate),
        TokenEmbedding.OF_RECORD,
        AttentionLayer.fromFile(weights.toString(), settings),
        new Collected(),
        new DiscardingSink<>());
  }

  /** Each third token of a sequence comes before its time, so that some wait at any moment. */
  private static List<Token> disordered(Sequences sequences) {
    List<Token> tokens = new ArrayList<>();
    for (Token token : sequences.interleaved()) {
      tokens.add(token.position() % 3 == 0 ? Math.max(0, tokens.size() - 8) : tokens.size(), token);
    }
    return tokens;
  }

  private static StreamExecutionEnvironment environment(int parallelism, Path savepoint) {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toUri().toString());
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    return env;
  }

  /** A sink without state, so that a savepoint names no file of the machine that wrote it. */
  private static final class Collected implements Sink<Token> {
    private static final long serialVersionUID = 1L;

    @Override
    public SinkWriter<Token> createWriter(WriterInitContext context) {
      return new SinkWriter<>() {
        @Override
        public void write(Token token, Context writing) {
          ANSWERS.add(new String(TokenJson.bytes(token), StandardCharsets.UTF_8));
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
      };
    }
  }
}
