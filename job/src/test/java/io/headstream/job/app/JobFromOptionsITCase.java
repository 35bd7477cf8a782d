package io.headstream.job.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.Reference;
import io.headstream.attention.weights.AttentionParameters;
import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.options.BuiltLayer;
import io.headstream.job.app.options.Locations;
import io.headstream.job.app.options.Options;
import io.headstream.job.app.options.RunsOn;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a user types, from the options to the files, on a MiniCluster. */
class JobFromOptionsITCase {
  private static final long SEED = 20261124;
  private static final int MODEL_DIM = 8;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir Path folder;

  @Test
  void ownNamesAndBothEncodingsGoInAndOutWithTheSameBits() throws Exception {
    TokenFormat own =
        new TokenFormat("user", "step", "vec", "word", "name", "ts", "end", FloatEncoding.F32);
    SplittableRandom random = new SplittableRandom(SEED);
    List<Token> tokens = new ArrayList<>();
    for (int position = 0; position < 5; position++) {
      float[] embedding = Reference.uniform(random, MODEL_DIM, 1);
      tokens.add(new Token("u", position, embedding, "w" + position, 7L, position == 4, ""));
    }
    List<String> lines = new ArrayList<>();
    tokens.forEach(token -> lines.add(text(token, own)));
    Token conflict = tokens.get(0).withEmbedding(new float[MODEL_DIM]);
    lines.add(1, text(conflict, own));
    Files.write(folder.resolve("in.jsonl"), lines);

    String[] names = {
      "--id-field=user",
      "--position-field=step",
      "--embedding-field=vec",
      "--label-field=name",
      "--timestamp-field=ts",
      "--last-field=end",
      "--model-dim=" + MODEL_DIM
    };
    run(2, "in.jsonl", "json", names);
    run(2, "in.jsonl", "f32", with(names, "--output-encoding=f32"));
    // One job's output is another's input.
    run(2, "f32", "again-of-f32", with(names, "--output-encoding=f32"));
    run(2, "json", "again-of-json", with(names, "--output-encoding=f32"));

    assertThat(lines("f32"))
        .hasSize(5)
        .allMatch(line -> line.startsWith("{\"user\":\"u\",\"step\":"));
    assertThat(lines("json")).allMatch(line -> line.contains("\"vec\":["));
    assertThat(parsed("f32", own)).isEqualTo(parsed("json", own));
    assertThat(lines("again-of-f32")).hasSize(5).isEqualTo(lines("again-of-json"));
    assertThat(lines("f32-dead-letters"))
        .singleElement()
        .asString()
        .contains("CONFLICT", text(conflict, own).replace("\"", "\\\""));
  }

  @Test
  void sessionsInEventTimeAreThoseOfTheTimestampsHoweverTheRecordsCome() throws Exception {
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(MODEL_DIM, 4, 4, 0));
    SplittableRandom random = new SplittableRandom(SEED);
    List<Token> tokens = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int id = 0; id < 40; id++) {
      long time = random.nextInt(1000);
      for (int session = 0; session < 5; session++) {
        List<Token> ofSession = new ArrayList<>();
        int length = 1 + random.nextInt(6);
        for (int position = 0; position < length; position++) {
          float[] embedding = Reference.uniform(random, MODEL_DIM, 1);
          ofSession.add(new Token("id-" + id, position, embedding, null, time, false, ""));
          time += random.nextInt(1001); // the gap at most
        }
        time += 1001;
        tokens.addAll(ofSession);
        expected.addAll(Sequences.libraryAnswers(layer, ofSession, AttentionOptions.defaults()));
      }
    }
    Collections.sort(expected);
    String[] options = {"--model-dim=" + MODEL_DIM, "--event-time", "--session-gap=1 s"};

    // One file, out of order by less than the watermark allows for.
    tokens.sort(Comparator.comparingLong(token -> token.timestamp() + jitter(token)));
    Sequences.write(tokens, folder.resolve("one"), 1);
    for (int parallelism : new int[] {1, 4}) {
      String out = "one-" + parallelism;
      run(parallelism, "one", out, with(options, "--max-out-of-orderness=400 ms"));
      assertThat(lines(out)).as("seed %d, parallelism %d", SEED, parallelism).isEqualTo(expected);
    }
    // Several files without any order.
    Collections.shuffle(tokens, new Random(SEED));
    Sequences.write(tokens, folder.resolve("three"), 3);
    run(2, "three", "three-2", with(options, "--max-out-of-orderness=1 h", "--head-groups=4"));
    assertThat(lines("three-2")).as("seed %d, three files", SEED).isEqualTo(expected);
  }

  @Test
  void tokensAreLookedUpInATableOnEverySlot() throws Exception {
    float[] table = Reference.uniform(new SplittableRandom(SEED), 50 * MODEL_DIM, 1);
    new SafetensorsWriter()
        .add("words", TensorType.F32, List.of(50L, (long) MODEL_DIM), table)
        .add("other", TensorType.F32, List.of(1L, 1L), new float[1])
        .write(folder.resolve("table"));
    List<String> byToken = new ArrayList<>();
    List<String> byEmbedding = new ArrayList<>();
    for (int n = 0; n < 400; n++) {
      int token = n * 7 % 50;
      float[] row = Arrays.copyOfRange(table, token * MODEL_DIM, (token + 1) * MODEL_DIM);
      Token asEmbedding = Token.of("s" + n % 40, n / 40, row, n / 40 == 9);
      String last = asEmbedding.last() ? ",\"last\":true" : "";
      byToken.add(
          "{\"sequence_id\":\"s%d\",\"position\":%d,\"word\":%d%s}"
              .formatted(n % 40, n / 40, token, last));
      byEmbedding.add(text(asEmbedding, TokenFormat.DEFAULT));
    }
    byToken.add("{\"sequence_id\":\"s\",\"position\":0,\"word\":50}");
    Files.write(folder.resolve("tokens.jsonl"), byToken);
    Files.write(folder.resolve("embeddings.jsonl"), byEmbedding);

    String dim = "--model-dim=" + MODEL_DIM;
    String words = "--embedding-table=" + folder.resolve("table") + ":words";
    run(4, "tokens.jsonl", "of-tokens", dim, words, "--token-field=word");
    run(1, "embeddings.jsonl", "of-embeddings", dim);
    run(2, "tokens.jsonl", "placed", dim, words, "--token-field=word", "--positions=sinusoidal");

    assertThat(lines("of-tokens")).hasSize(400).isEqualTo(lines("of-embeddings"));
    assertThat(lines("placed")).hasSize(400).doesNotContainAnyElementsOf(lines("of-tokens"));
    assertThat(lines("of-tokens-dead-letters"))
        .singleElement()
        .asString()
        .contains("\"MALFORMED\"", "word is 50, not an integer from 0 to 49", "tokens.jsonl:401");
    assertThatThrownBy(() -> run(1, "tokens.jsonl", "x", dim, words.replace(":words", ":other")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--embedding-table: ")
        .hasMessageContaining("tensor \"other\" has shape [1, 1], expected [tokens, 8]");
    Files.write(folder.resolve("table"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> run(1, "tokens.jsonl", "x", dim, words))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--embedding-table: " + folder.resolve("table").toRealPath());
  }

  @Test
  void inEventTimeARecordWithoutATimestampIsMalformed() throws Exception {
    Files.write(
        folder.resolve("in.jsonl"),
        List.of(
            "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1,2],\"ts\":3}",
            "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1,2],\"timestamp\":3}"));
    run(1, "in.jsonl", "out", "--model-dim=2", "--heads=1", "--event-time", "--timestamp-field=ts");
    assertThat(lines("out")).singleElement().asString().contains("\"ts\":3");
    assertThat(lines("out-dead-letters"))
        .singleElement()
        .asString()
        .contains("\"MALFORMED\"", "\"ts is missing\"", "in.jsonl:2");
  }

  /** Long sequences of a wide layer gain by a second slot; and who has one slot gets the same. */
  @Test
  void withoutHeadGroupsTheCostModelPicksThemAndTheBytesStay() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    List<String> lines = new ArrayList<>();
    for (int position = 0; position < 6; position++) {
      float[] embedding = Reference.uniform(random, 512, 1);
      lines.add(text(Token.of("a", position, embedding, position == 5), TokenFormat.DEFAULT));
    }
    Files.write(folder.resolve("in.jsonl"), lines);
    String[] layer = {"--model-dim=512", "--max-length=8192"};
    assertThat(run(1, "in.jsonl", "one-slot", layer).settings().headGroups()).isOne();
    assertThat(run(2, "in.jsonl", "two-slots", layer).settings().headGroups()).isEqualTo(2);
    assertThat(run(2, "in.jsonl", "short", "--model-dim=512").settings().headGroups()).isOne();
    assertThat(run(2, "in.jsonl", "said", with(layer, "--head-groups=4")).settings().headGroups())
        .isEqualTo(4);
    assertThat(lines("one-slot"))
        .hasSize(6)
        .isEqualTo(lines("two-slots"))
        .isEqualTo(lines("short"))
        .isEqualTo(lines("said"));
    for (int slots : new int[] {1, 4}) {
      String[] byToken = with(layer, "--mode=token");
      assertThat(run(slots, "in.jsonl", "token-" + slots, byToken).settings().headGroups())
          .as("whatever the parallelism")
          .isEqualTo(2);
    }
    assertThat(lines("token-1")).hasSize(6).isEqualTo(lines("token-4"));
  }

  /** Below half of what the watermark allows for. */
  private static long jitter(Token token) {
    return Math.floorMod(token.embedding()[0] * 1e6f > 0 ? 7 * token.position() + 191 : 0, 200);
  }

  private BuiltLayer run(int parallelism, String in, String out, String... further)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    env.enableCheckpointing(100);
    Options options =
        Options.parse(
            RunsOn.CLUSTER,
            with(further, "--input=" + folder.resolve(in), "--output=" + folder.resolve(out)));
    BuiltLayer layer = JobFromOptions.build(env, options, Locations.of(options));
    env.execute();
    return layer;
  }

  /** The lines of a folder, sorted. */
  private List<String> lines(String name) {
    List<String> lines = PartFiles.lines(folder.resolve(name));
    Collections.sort(lines);
    return lines;
  }

  /** The tokens of a folder with the bits of their embeddings, sorted. */
  private List<String> parsed(String name, TokenFormat format) throws IOException {
    List<String> bits = new ArrayList<>();
    JsonTokenParser parser = new JsonTokenParser(MODEL_DIM, false, false, format);
    for (String line : lines(name)) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      ReadRecord read = parser.parse(new RawRecord(bytes, "", bytes.length));
      bits.add(
          read.content() instanceof Token token
              ? text(token, format)
              : ((DeadLetter) read.content()).detail());
    }
    return bits;
  }

  private static String text(Token token, TokenFormat format) {
    return new String(TokenJson.bytes(token, format), StandardCharsets.UTF_8);
  }

  private static String[] with(String[] options, String... further) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of(further));
    return all.toArray(String[]::new);
  }
}
