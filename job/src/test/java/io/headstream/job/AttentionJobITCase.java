package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.records.Token;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job that {@code main} runs, over files, on a MiniCluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionJobITCase {
  private static final long SEED = 20261123;
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir static Path folder;

  private final Sequences sequences = new Sequences(SEED, 200, 64, MODEL_DIM, HEADS);
  private Path weights;
  private Path interleaved;
  private Path shuffled;

  @BeforeAll
  void writeFiles() throws Exception {
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    interleaved = Sequences.write(sequences.interleaved(), folder.resolve("interleaved"), 1);
    shuffled = Sequences.write(sequences.shuffled(SEED), folder.resolve("shuffled"), 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyValueIsThatOfTheFormula(boolean causal) throws Exception {
    for (Path input : List.of(interleaved, shuffled)) {
      List<String> lines = run(input, settings(causal, 2), 2);
      assertThat(lines).hasSize(sequences.interleaved().size());
      for (List<Token> sequence : sequences.sequences) {
        double[] expected = sequences.expected(sequence, causal);
        for (Token token : sequence) {
          double[] row = sequences.expectedRow(expected, token.position());
          float[] actual = answer(lines, token);
          for (int c = 0; c < MODEL_DIM; c++) {
            assertThat((double) actual[c])
                .as("seed %d, %s:%d[%d]", SEED, token.sequenceId(), token.position(), c)
                .isBetween(row[c] - 1e-5, row[c] + 1e-5);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theBytesAreTheLibrarysWhateverTheGroupsTheParallelismAndTheOrder(boolean causal)
      throws Exception {
    List<String> expected = sequences.libraryAnswers(causal);
    for (int headGroups : new int[] {1, 2, 4}) {
      for (int parallelism = 1; parallelism <= 4; parallelism++) {
        for (Path input : List.of(interleaved, shuffled)) {
          assertThat(run(input, settings(causal, headGroups), parallelism))
              .as("seed %d, G %d, parallelism %d, %s", SEED, headGroups, parallelism, input)
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void dropoutDropsTheSameWeightsWhateverTheGroupsAndTheParallelism() throws Exception {
    List<String> one = run(interleaved, settings(true, 1).withDropout(0.4, 9), 1);
    List<String> four = run(shuffled, settings(true, 4).withDropout(0.4, 9), 3);
    assertThat(four).isEqualTo(one);
    assertThat(one).isNotEqualTo(sequences.libraryAnswers(true));
  }

  @Test
  void anIdThatIsUsedThreeTimesIsAnsweredThreeTimes() throws Exception {
    List<Token> input = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    MultiHeadAttention layer = new MultiHeadAttention(sequences.weights);
    for (int id = 0; id < 50; id++) {
      for (int use = 0; use < 3; use++) {
        List<Token> renamed = new ArrayList<>();
        for (Token token : sequences.sequences.get(3 * id + use)) {
          renamed.add(Token.of("id-" + id, token.position(), token.embedding(), token.last()));
        }
        input.addAll(renamed);
        expected.addAll(Sequences.libraryAnswers(layer, renamed, AttentionOptions.defaults()));
      }
    }
    Path file = Sequences.write(input, folder.resolve("again"), 1);
    for (int parallelism : new int[] {1, 4}) {
      assertThat(run(file, settings(false, 4), parallelism))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aSequenceOfSeveralChunksIsAnsweredLikeAnyOther() throws Exception {
    int modelDim = 512; // 2 MiB are 1,024 tokens
    Sequences longOnes = new Sequences(SEED, 1, 1, modelDim, 4);
    List<Token> tokens = new ArrayList<>();
    for (int position = 0; position < 2500; position++) {
      float[] embedding = longOnes.sequences.get(0).get(0).embedding().clone();
      embedding[position % modelDim] += position;
      tokens.add(Token.of("long", position, embedding, position == 2499));
    }
    Path input = Sequences.write(tokens, folder.resolve("long"), 1);
    Path file = longOnes.writeWeights(folder.resolve("long.safetensors"));
    AttentionSettings settings = AttentionSettings.of(modelDim, 4).withCausal(true);
    MultiHeadAttention layer = new MultiHeadAttention(longOnes.weights);
    AttentionOptions causal = AttentionOptions.defaults().withMask(AttentionMask.causal());
    JobRun run = new JobRun(newFolder());
    run.execute(
        input,
        new JsonTokenParser(modelDim, false, false),
        AttentionLayer.fromFile(file.toString(), settings.withHeadGroups(4)),
        3);
    assertThat(run.sortedAnswers().equals(Sequences.libraryAnswers(layer, tokens, causal)))
        .isTrue();
  }

  private List<String> run(Path input, AttentionSettings settings, int parallelism)
      throws Exception {
    JobRun run = new JobRun(newFolder());
    AttentionLayer layer = AttentionLayer.fromFile(weights.toString(), settings);
    run.execute(input, new JsonTokenParser(MODEL_DIM, false, false), layer, parallelism);
    assertThat(run.deadLetterLines()).isEmpty();
    return run.sortedAnswers();
  }

  private int runs;

  private Path newFolder() {
    return folder.resolve("run-" + runs++);
  }

  private static AttentionSettings settings(boolean causal, int headGroups) {
    return AttentionSettings.of(MODEL_DIM, HEADS).withCausal(causal).withHeadGroups(headGroups);
  }

  /** Reads an answer back with a reader that is not ours. */
  private static float[] answer(List<String> lines, Token token) {
    String start =
        "{\"sequence_id\":\"%s\",\"position\":%d,\"embedding\":"
            .formatted(token.sequenceId(), token.position());
    String line = lines.stream().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
    Matcher number = Pattern.compile("-?[0-9.]+(E-?[0-9]+)?").matcher(line);
    number.region(start.length(), line.indexOf(']'));
    float[] embedding = new float[MODEL_DIM];
    for (int c = 0; c < MODEL_DIM; c++) {
      assertThat(number.find()).isTrue();
      embedding[c] = Float.parseFloat(number.group());
    }
    assertThat(number.find()).isFalse();
    return embedding;
  }
}
