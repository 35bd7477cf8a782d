package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.PartFiles;
import io.headstream.job.Sequences;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./headstream} with the real job, killed with kill -9 and started again. */
class ResumeITCase {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final long SEED = 20_261_123;
  private static final int BAD_LINES = 300;

  /**
   * Our own code interpreted, never compiled: a run takes many times the 2 s between checkpoints on
   * any machine, so that there is a time to kill it.
   */
  private static final String SLOW =
      "-XX:CompileCommand=quiet -XX:CompileCommand=exclude,io.headstream.*::*";

  @TempDir static Path folder;

  private static List<String> answers;
  private static List<String> deadLetters;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    // One sequence after the other, so that some are answered long before others are read.
    Sequences sequences = new Sequences(SEED, 30, 500, 64, 4);
    List<Token> tokens = sequences.sequences.stream().flatMap(List::stream).toList();
    Sequences.write(tokens, folder.resolve("in"), 3);
    Files.write(
        folder.resolve("in/bad.jsonl"),
        IntStream.range(0, BAD_LINES).mapToObj(i -> "not a token " + i).toList());
    sequences.writeWeights(folder.resolve("weights"));

    try (ProcessRun run = start("", "undisturbed", 1, 2)) {
      assertThat(run.exitCode()).as("%s", run.stderr()).isZero();
    }
    answers = PartFiles.sortedAnswers(folder.resolve("undisturbed"));
    deadLetters = deadLetters("undisturbed");
    assertThat(answers).hasSameSizeAs(tokens);
    assertThat(deadLetters).hasSize(BAD_LINES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aKilledRunAnswersTheSameWhenItIsStartedAgain(int headGroups) throws Exception {
    String out = "out" + headGroups;
    try (ProcessRun killed = start(SLOW, out, headGroups, 1, "--checkpoints=ck" + headGroups)) {
      killed.await("a committed answer", () -> !names(out, "part-").isEmpty());
      killed.signal("KILL");
      assertThat(killed.exitCode()).isEqualTo(137);
    }
    assertThat(PartFiles.lines(folder.resolve(out)).size())
        .as("answers before the kill")
        .isBetween(1, answers.size() - 1);

    // On more slots than before, which is the one thing that may differ.
    try (ProcessRun resumed = start("", out, headGroups, 2, "--checkpoints=ck" + headGroups)) {
      assertThat(resumed.exitCode()).as("%s", resumed.stderr()).isZero();
      assertThat(resumed.stderr().get(0)).startsWith("headstream: going on from " + folder);
    }

    assertThat(PartFiles.sortedAnswers(folder.resolve(out)).equals(answers))
        .as("the same bytes as without the kill, seed %d", SEED)
        .isTrue();
    assertThat(deadLetters(out)).isEqualTo(deadLetters);
    assertThat(names(out, ".")).as("unfinished files").isEmpty();
    assertThat(names(out + "-dead-letters", ".")).as("unfinished files").isEmpty();
    assertThat(names("ck" + headGroups, "")).isEmpty();
  }

  private static ProcessRun start(
      String jvm, String out, int headGroups, int slots, String... further) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(PROJECT.resolve("headstream").toString());
    command.addAll(List.of("--input=in", "--output=" + out, "--weights=weights", "--heads=4"));
    command.addAll(List.of("--head-groups=" + headGroups, "--parallelism=" + slots));
    command.addAll(List.of(further));
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "HEADSTREAM_NO_BUILD",
            "1",
            "HEADSTREAM_JAVA_OPTS",
            jvm);
    return new ProcessRun(folder, environment, command);
  }

  private static List<String> deadLetters(String out) {
    return PartFiles.lines(folder.resolve(out + "-dead-letters")).stream().sorted().toList();
  }

  private static List<String> names(String parent, String start) {
    if (!Files.isDirectory(folder.resolve(parent))) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder.resolve(parent))) {
      return children
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(start))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
