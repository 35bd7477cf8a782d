package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job's jar, submitted by Flink's command line to a JobManager and two TaskManagers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StandaloneClusterE2E {
  private static final int MODEL_DIM = 32;
  private static final int HEADS = 4;

  @RegisterExtension static final ClusterExtension EXTENSION = new ClusterExtension(2);

  private final Sequences sequences =
      new Sequences(ClusterExtension.SEED, 200, 64, MODEL_DIM, HEADS);
  private StandaloneCluster cluster;
  private Path folder;
  private Path weights;
  private Path interleaved;
  private Path shuffled;

  @BeforeAll
  void writeFiles() throws Exception {
    cluster = EXTENSION.cluster();
    folder = EXTENSION.newFolder("files");
    weights = sequences.writeWeights(folder.resolve("layer.safetensors"));
    interleaved = Sequences.write(sequences.interleaved(), folder.resolve("interleaved"), 1);
    shuffled =
        Sequences.write(sequences.shuffled(ClusterExtension.SEED), folder.resolve("shuffled"), 3);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, none, interleaved",
    "1, 2, causal, shuffled",
    "1, 3, none, shuffled",
    "1, 4, causal, interleaved",
    "2, 1, causal, shuffled",
    "2, 2, none, interleaved",
    "2, 3, causal, interleaved",
    "2, 4, none, shuffled",
    "4, 1, none, shuffled",
    "4, 2, causal, interleaved",
    "4, 3, none, interleaved",
    "4, 4, causal, shuffled",
  })
  void theBytesAreTheLibrarys(int headGroups, int parallelism, String mask, String order)
      throws Exception {
    Path output = folder.resolve("answers-%d-%d".formatted(headGroups, parallelism));
    Submission submission =
        submit(
            parallelism,
            order.equals("shuffled") ? shuffled : interleaved,
            output,
            "--mask",
            mask,
            "--head-groups",
            String.valueOf(headGroups));
    cluster.awaitFinished(submission);
    assertThat(bytes(PartFiles.sortedAnswers(output)))
        .as("seed %d", ClusterExtension.SEED)
        .isEqualTo(bytes(sequences.libraryAnswers(mask.equals("causal"))));
    assertThat(PartFiles.lines(beside(output))).isEmpty();
  }

  @Test
  void deadLettersNameFileAndLine() throws Exception {
    Path input = Files.createDirectories(folder.resolve("bad"));
    Path day = Files.createDirectory(input.resolve("day-1"));
    String good = line(sequences.sequences.get(0).get(0));
    Files.writeString(input.resolve("a.jsonl"), "not JSON\n" + good + "\n");
    Files.writeString(
        day.resolve("b.jsonl"),
        "\n\n{\"sequence_id\": \"short\", \"position\": 0, \"embedding\": [1]}\r\n"
            + "{\"sequence_id\": \"gap\", \"position\": 1, \"embedding\": "
            + good.substring(good.indexOf('['), good.indexOf(']') + 1)
            + "}\n");
    Path output = folder.resolve("bad-answers");
    cluster.awaitFinished(submit(3, input, output));
    assertThat(PartFiles.lines(beside(output)))
        .hasSize(3)
        .anyMatch(letter -> isLetter(letter, "MALFORMED", "a.jsonl:1"))
        .anyMatch(letter -> isLetter(letter, "WRONG_DIMENSION", "day-1/b.jsonl:3"))
        .anyMatch(letter -> isLetter(letter, "INCOMPLETE", "day-1/b.jsonl:4"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--input INPUT --output OUTPUT --heads 5 --model-dim 64 | --heads 5",
        "--input INPUT --output OUTPUT --hads 4                 | --heads",
        "--input /is/not/there --output OUTPUT                  | /is/not/there",
        "--input INPUT                                          | --output",
        "--input INPUT --output OUTPUT --weights INPUT          | --weights",
      })
  void wrongOptionsComeBackAsOneLine(String options, String named) throws Exception {
    int jobs = cluster.rest().get("/jobs").path("jobs").size();
    Path output = folder.resolve("never");
    Submission submission =
        cluster.submit(
            1,
            options
                .replace("INPUT", interleaved.toString())
                .replace("OUTPUT", output.toString())
                .split(" "));
    assertThat(submission.exitCode()).isNotZero();
    assertThat(submission.complaints()).hasSize(1);
    assertThat(submission.complaints().get(0)).contains(named).doesNotContain("Exception");
    assertThat(output).doesNotExist();
    assertThat(cluster.jobManager().isAlive()).isTrue();
    assertThat(cluster.rest().get("/jobs").path("jobs").size()).isEqualTo(jobs);
  }

  private Submission submit(int parallelism, Path input, Path output, String... more)
      throws Exception {
    List<String> options =
        List.of(
            "--input",
            input.toString(),
            "--output",
            output.toString(),
            "--weights",
            weights.toString(),
            "--heads",
            String.valueOf(HEADS));
    return cluster.submit(
        parallelism, Stream.concat(options.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  private static boolean isLetter(String line, String reason, String source) {
    return line.startsWith("{\"reason\":\"" + reason + "\"")
        && line.contains("\"source\":\"" + source + "\"");
  }

  private static Path beside(Path output) {
    return output.resolveSibling(output.getFileName() + "-dead-letters");
  }

  private static String line(Token token) {
    return new String(TokenJson.bytes(token), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(List<String> lines) {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }
}
