package io.headstream.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionMask;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Token by token over files on a MiniCluster: the bytes are those of one causal pass. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenModeITCase {
  private static final long SEED = 20261125;
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;

  /** So many that nothing is too early, and the order of arrival may be any. */
  private static final int ANY_ORDER = 100_000;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir static Path folder;

  /** Long enough for several pages and tiles. */
  private final Sequences sequences = new Sequences(SEED, 16, 300, MODEL_DIM, HEADS);

  private Path weights;
  private Path interleaved;
  private Path shuffled;

  @BeforeAll
  void writeFiles() throws Exception {
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    interleaved = Sequences.write(sequences.interleaved(), folder.resolve("interleaved"), 1);
    shuffled = Sequences.write(sequences.shuffled(SEED), folder.resolve("shuffled"), 3);
  }

  static Stream<Arguments> groupsAndParallelisms() {
    return Stream.of(1, 2, HEADS)
        .flatMap(groups -> Stream.of(1, 2, 3, 4).map(p -> Arguments.of(groups, p)));
  }

  @ParameterizedTest
  @MethodSource("groupsAndParallelisms")
  void theBytesAreThoseOfOneCausalPass(int headGroups, int parallelism) throws Exception {
    Path input = (headGroups + parallelism) % 2 == 0 ? interleaved : shuffled;
    AttentionSettings all = settings(headGroups).withCausal(true);
    assertBothModes(input, all, AttentionMask.causal(), parallelism);
    assertBothModes(input, all.withWindow(100, 3), AttentionMask.window(100, 0, 3), parallelism);
  }

  private void assertBothModes(
      Path input, AttentionSettings settings, AttentionMask mask, int parallelism)
      throws Exception {
    List<String> expected = sequences.libraryAnswers(mask);
    String what =
        "seed %d, G %d, parallelism %d, %s, %s"
            .formatted(SEED, settings.headGroups(), parallelism, input, mask);
    assertThat(run(input, settings, parallelism)).as("sequence mode, " + what).isEqualTo(expected);
    for (String backend : List.of("hashmap", "rocksdb")) {
      assertThat(
              run(
                  input,
                  settings.withTokenMode(ANY_ORDER, null).withPageCacheBytes(1 << 20),
                  parallelism,
                  backend))
          .as("token mode, %s, %s", backend, what)
          .isEqualTo(expected);
    }
  }

  @Test
  void sequenceModeWritesTheSameBytes() throws Exception {
    assertThat(run(shuffled, settings(2).withCausal(true), 2))
        .isEqualTo(
            run(
                shuffled,
                settings(2).withTokenMode(ANY_ORDER, null).withPageCacheBytes(1 << 20),
                2));
  }

  static Stream<Arguments> windows() {
    return Stream.of(
        Arguments.of(0, 0), Arguments.of(63, 4), Arguments.of(64, 70), Arguments.of(150, 3));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void aWindowAndSinksToo(int window, int sinks) throws Exception {
    List<String> expected = sequences.libraryAnswers(AttentionMask.window(window, 0, sinks));
    AttentionSettings settings = settings(2).withWindow(window, sinks);
    assertThat(run(shuffled, settings, 2)).as("sequence mode").isEqualTo(expected);
    assertThat(
            run(
                shuffled,
                settings.withTokenMode(ANY_ORDER, null).withPageCacheBytes(1 << 20),
                2,
                "rocksdb"))
        .as("token mode, seed %d", SEED)
        .isEqualTo(expected);
    assertThat(
            run(
                interleaved,
                settings
                    .withHeadGroups(1)
                    .withTokenMode(ANY_ORDER, null)
                    .withPageCacheBytes(1 << 20),
                1))
        .as("in one place, seed %d", SEED)
        .isEqualTo(expected);
  }

  /** The longest context kept is a window of one less, and the smaller of the two holds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 90})
  void aLongContextIsForgottenFromItsBeginningOn(int maxLength) throws Exception {
    List<String> expected = sequences.libraryAnswers(AttentionMask.window(maxLength - 1, 0, 2));
    AttentionSettings settings =
        settings(2)
            .withWindow(200, 2)
            .withTokenMode(ANY_ORDER, null)
            .withPageCacheBytes(1 << 20)
            .withMaxLength(maxLength);
    assertThat(run(shuffled, settings, 2)).isEqualTo(expected);
  }

  /** Each token then reads its sequence's whole past from the state. */
  @Test
  void withoutAnythingDecodedBesideTheStateToo() throws Exception {
    for (long bytes : new long[] {0, 100_000}) {
      AttentionSettings settings = settings(2).withTokenMode(ANY_ORDER, null);
      assertThat(run(interleaved, settings.withPageCacheBytes(bytes), 2))
          .as("page cache of %d bytes", bytes)
          .isEqualTo(sequences.libraryAnswers(true));
    }
  }

  @Test
  void dropoutDropsTheSameWeights() throws Exception {
    AttentionSettings settings = settings(2).withDropout(0.4, 9);
    assertThat(
            run(
                interleaved,
                settings.withTokenMode(ANY_ORDER, null).withPageCacheBytes(1 << 20),
                2))
        .isEqualTo(run(shuffled, settings.withCausal(true), 1))
        .isNotEqualTo(sequences.libraryAnswers(true));
  }

  private List<String> run(Path input, AttentionSettings settings, int parallelism)
      throws Exception {
    return run(input, settings, parallelism, "hashmap");
  }

  private List<String> run(Path input, AttentionSettings settings, int parallelism, String backend)
      throws Exception {
    JobRun run = new JobRun(folder.resolve("run-" + runs++));
    AttentionLayer layer = AttentionLayer.fromFile(weights.toString(), settings);
    run.execute(input, new JsonTokenParser(MODEL_DIM, false, false), layer, parallelism, backend);
    assertThat(run.deadLetterLines()).isEmpty();
    return new ArrayList<>(run.sortedAnswers());
  }

  /** Everything that may be wrong with a token, in one stream: none of it stops the job. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatCannotBeUsedIsADeadLetterAndTheRestIsAnswered(int headGroups) throws Exception {
    List<Token> good = sequences.sequences.get(0);
    List<String> lines = new ArrayList<>();
    good.forEach(token -> lines.add(new String(TokenJson.bytes(token), UTF_8)));
    String x = new String(TokenJson.bytes(good.get(0)), UTF_8).replaceAll(".*\\[(.*)].*", "[$1]");
    String y = "[" + "0.5,".repeat(MODEL_DIM - 1) + "0.5]";
    lines.add(token("late", 0, x, false));
    lines.add(token("late", 1, x, false));
    lines.add(token("late", 0, x, false));
    lines.add(token("late", 1, y, false));
    lines.add(token("conflict", 1, x, false));
    lines.add(token("conflict", 1, y, false));
    lines.add(token("conflict", 1, x, false)); // dropped
    lines.add(token("conflict", 0, x, false));
    lines.add(token("beyond", 2, x, true));
    lines.add(token("beyond", 3, x, false));
    lines.add(token("beyond", 1, x, true));
    lines.add(token("beyond", 0, x, false));
    lines.add(token("beyond", 1, x, false));
    lines.add(token("again", 0, x, true));
    lines.add(token("again", 1, x, false)); // after the last one: waits for a new beginning
    lines.add(token("twice", 0, x, true));
    lines.add(token("twice", 0, x, true));
    lines.add(token("gap", 0, x, false));
    for (int position = 2; position <= 5; position++) {
      lines.add(token("gap", position, x, false)); // the fourth is one too many
    }
    lines.add(token("never", 7, x, false));
    lines.add(token("far", 1L << 40, x, false));
    lines.add(token("far", Integer.MAX_VALUE, x, false));
    Path input = Files.createDirectory(folder.resolve("hostile-" + headGroups));
    Files.write(input.resolve("tokens.jsonl"), lines);

    JobRun run = new JobRun(folder.resolve("hostile-run-" + headGroups));
    AttentionSettings settings =
        settings(headGroups).withTokenMode(3, null).withPageCacheBytes(1 << 20);
    run.execute(
        input,
        new JsonTokenParser(MODEL_DIM, false, false),
        AttentionLayer.fromFile(weights.toString(), settings),
        2,
        "hashmap");
    List<String> answers = run.sortedAnswers();
    assertThat(answers).filteredOn(line -> line.contains("seq-0")).hasSize(good.size());
    assertThat(answers.stream().filter(line -> !line.contains("seq-0")).map(TokenModeITCase::place))
        .containsExactlyInAnyOrder(
            "late:0",
            "late:1",
            "conflict:0",
            "conflict:1",
            "beyond:0",
            "beyond:1",
            "beyond:2",
            "again:0",
            "twice:0",
            "twice:0",
            "gap:0");
    assertThat(run.deadLetterLines().stream().map(TokenModeITCase::reason))
        .containsExactlyInAnyOrder(
            "LATE late:0",
            "LATE late:1",
            "CONFLICT conflict:1",
            "CONFLICT beyond:3",
            "CONFLICT beyond:1",
            "INCOMPLETE again:1",
            "INCOMPLETE gap:2",
            "INCOMPLETE gap:3",
            "INCOMPLETE gap:4",
            "INCOMPLETE gap:5",
            "INCOMPLETE never:7",
            "MALFORMED far:1099511627776",
            "TOO_LONG far:2147483647");
  }

  private static String token(String id, long position, String embedding, boolean last) {
    return "{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":%s,\"last\":%s}"
        .formatted(id, position, embedding, last);
  }

  private static String place(String line) {
    return line.replaceAll(".*sequence_id\\W+(\\w+)\\W+position\\W+(\\d+).*", "$1:$2");
  }

  private static String reason(String line) {
    return line.replaceAll(".*\"reason\":\"(\\w+)\".*", "$1") + " " + place(line);
  }

  private int runs;

  private static AttentionSettings settings(int headGroups) {
    return AttentionSettings.of(MODEL_DIM, HEADS).withHeadGroups(headGroups);
  }
}
