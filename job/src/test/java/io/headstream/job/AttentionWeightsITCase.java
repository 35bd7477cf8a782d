package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.attention.Reference;
import io.headstream.job.app.json.Json;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.observe.AttentionSample;
import io.headstream.job.records.Block;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntBinaryOperator;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attention weights that a job writes beside its answers, on a MiniCluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionWeightsITCase {
  private static final long SEED = 8;
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;
  private static final int EVERY = 5;
  private static final int WINDOW = 20;
  private static final int SINKS = 2;
  private static final AttentionSample SAMPLE = new AttentionSample(Set.of("seq-3"), EVERY);

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  @TempDir static Path folder;

  private final Sequences sequences = new Sequences(SEED, 60, 64, MODEL_DIM, HEADS);
  private Path weights;
  private Path input;
  private int runs;

  @BeforeAll
  void writeFiles() throws Exception {
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    sequences.sequences.replaceAll(sequence -> sequence.stream().map(this::labelled).toList());
    input = Sequences.write(sequences.interleaved(), folder.resolve("input"), 1);
  }

  /** Every other sequence has labels, and of those one token in three has none. */
  private Token labelled(Token token) {
    boolean labelled = token.sequenceId().hashCode() % 2 == 0 && token.position() % 3 != 2;
    return new Token(
        token.sequenceId(),
        token.position(),
        token.embedding(),
        labelled ? "word " + token.position() : null,
        null,
        token.last(),
        "");
  }

  @ParameterizedTest(name = "{0}, {1} head groups, parallelism {2}, dropout {3}")
  @CsvSource({
    "none, 1, 1, 0",
    "causal, 1, 3, 0",
    "none, 2, 2, 0",
    "causal, 4, 3, 0.4",
    "window, 1, 2, 0",
    "window, 2, 3, 0",
  })
  void theyAreThoseOfTheFormulaAndTheAnswersStayAsTheyWere(
      String mask, int headGroups, int parallelism, double dropout) throws Exception {
    AttentionSettings settings = settings(mask, headGroups, dropout);
    assertRight(sequences, weights, settings, mask, parallelism);
  }

  /** Two query heads to each key/value head. */
  @ParameterizedTest(name = "{0}, {1} head groups")
  @CsvSource({"none, 1", "window, 2"})
  void headsThatShareKeysHaveWeightsOfTheirOwn(String mask, int headGroups) throws Exception {
    Sequences grouped = new Sequences(SEED, 60, 64, MODEL_DIM, HEADS, HEADS / 2);
    Path file = grouped.writeWeights(folder.resolve("grouped.safetensors"));
    grouped.sequences.clear();
    grouped.sequences.addAll(sequences.sequences);
    AttentionSettings settings = settings(mask, headGroups, 0).withKeyValueHeads(HEADS / 2);
    assertRight(grouped, file, settings, mask, 2);
  }

  private static AttentionSettings settings(String mask, int headGroups, double dropout) {
    AttentionSettings settings =
        AttentionSettings.of(MODEL_DIM, HEADS)
            .withCausal(!mask.equals("none"))
            .withDropout(dropout, 9);
    return (mask.equals("window") ? settings.withWindow(WINDOW, SINKS) : settings)
        .withHeadGroups(headGroups);
  }

  private static IntBinaryOperator sees(String mask) {
    return switch (mask) {
      case "none" -> (i, j) -> 1;
      case "causal" -> (i, j) -> j <= i ? 1 : 0;
      default -> (i, j) -> j <= i && (i - j <= WINDOW || j < SINKS) ? 1 : 0;
    };
  }

  private void assertRight(
      Sequences all, Path file, AttentionSettings settings, String mask, int parallelism)
      throws Exception {
    JobRun without = run(file, settings, AttentionSample.none(), parallelism);
    JobRun with = run(file, settings, SAMPLE, parallelism);

    assertThat(with.sortedAnswers()).isEqualTo(without.sortedAnswers());
    assertThat(without.attentionMapLines()).isEmpty();
    Map<String, List<Token>> byId = new HashMap<>();
    for (List<Token> sequence : all.sequences) {
      if (SAMPLE.contains(sequence.get(0).sequenceId())) {
        byId.put(sequence.get(0).sequenceId(), sequence);
      }
    }
    assertThat(byId.keySet()).hasSizeBetween(5, 25).contains("seq-3");
    List<String> lines = with.attentionMapLines();
    assertThat(lines).hasSize(byId.size() * HEADS).doesNotHaveDuplicates();
    for (String line : lines) {
      Written written = Written.read(line);
      assertRight(all, written, byId.get(written.sequenceId), sees(mask));
    }
  }

  private static void assertRight(
      Sequences all, Written written, List<Token> sequence, IntBinaryOperator sees) {
    int length = sequence.size();
    boolean labelled = sequence.get(0).label() != null;
    for (int i = 0; i < written.labels.size(); i++) {
      assertThat(written.labels.get(i)).isEqualTo(sequence.get(i).label());
    }
    assertThat(written.labels).hasSize(labelled ? length : 0);
    float[] x = Block.ofSequence(written.sequenceId, sequence).values();
    double[] expected = Reference.headWeights(all.weights, x, length, sees);
    assertThat(written.weights).hasSize(length * length);
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int j = 0; j < length; j++) {
        double weight = written.weights.get(i * length + j);
        double wanted = expected[(written.head * length + i) * length + j];
        String what = "seed %d, %s, head %d, query %d, key %d";
        assertThat(weight)
            .as(what, SEED, written.sequenceId, written.head, i, j)
            .isBetween(wanted - 1e-6, wanted + 1e-6);
        if (sees.applyAsInt(i, j) == 0) {
          assertThat(weight).isZero();
        }
        sum += weight;
      }
      assertThat(sum).isBetween(1 - 1e-6, 1 + 1e-6);
    }
  }

  private JobRun run(Path file, AttentionSettings settings, AttentionSample sample, int parallelism)
      throws Exception {
    JobRun run = new JobRun(folder.resolve("run-" + runs++));
    AttentionLayer layer =
        AttentionLayer.fromFile(file.toString(), settings).withAttentionMaps(sample);
    run.execute(input, new JsonTokenParser(MODEL_DIM, false, false), layer, parallelism);
    assertThat(run.deadLetterLines()).isEmpty();
    return run;
  }

  /** A record as it was written, read by the names and the order of the interface alone. */
  private static final class Written {
    private String sequenceId;
    private int head = -1;
    private final List<String> labels = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    static Written read(String line) throws IOException {
      Written written = new Written();
      try (JsonParser json = Json.FACTORY.createParser(line)) {
        assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
          written.field(field, json);
        }
        assertThat(json.nextToken()).isNull();
      }
      return written;
    }

    private void field(String name, JsonParser json) throws IOException {
      json.nextToken();
      switch (name) {
        case "sequence_id" -> sequenceId = json.getText();
        case "head" -> head = json.getIntValue();
        case "labels" -> {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            labels.add(json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText());
          }
        }
        case "attention" -> {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              weights.add(json.getDoubleValue());
            }
          }
        }
        default -> throw new AssertionError(name);
      }
    }
  }
}
