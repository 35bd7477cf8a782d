package io.headstream.job.app.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationsTest {
  private static final String UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
  private static final String PART = "part-" + UUID + "-0.jsonl";
  private static final String UNFINISHED = "." + PART + ".inprogress." + UUID;

  @TempDir Path folder;

  private Path input;

  @BeforeEach
  void writeInput() throws IOException {
    // Realistic names: blanks, umlauts, what means something in a URI, a colon.
    input = Files.writeString(folder.resolve("größe 50% #1:a?.jsonl"), "{}\n");
  }

  @Test
  void takesLocalNamesAsTheShellKnowsThem() {
    Locations locations = locations("--output", path("out put%20"));

    assertThat(((FileLocation) locations.input()).path().getPath()).isEqualTo(input.toString());
    assertThat(((FileLocation) locations.output()).path().getPath()).isEqualTo(path("out put%20"));
    assertThat(((FileLocation) locations.deadLetters()).path().getPath())
        .isEqualTo(path("out put%20-dead-letters"));
  }

  @Test
  void deadLettersLieBesideAnOutputThatIsNamedWithASlashOrDots() {
    assertThat(((FileLocation) locations("--output", path("out/")).deadLetters()).path().getPath())
        .isEqualTo(path("out-dead-letters"));
    assertThat(
            ((FileLocation) locations("--output", path("x/../out/.")).deadLetters())
                .path()
                .getPath())
        .isEqualTo(path("out-dead-letters"));
  }

  @Test
  void namesMayHaveColons() {
    Locations locations = locations("--output", path("answers-12:30:00"));
    assertThat(((FileLocation) locations.output()).path().getPath())
        .isEqualTo(path("answers-12:30:00"));
    assertThat(((FileLocation) locations.deadLetters()).path().getPath())
        .isEqualTo(path("answers-12:30:00-dead-letters"));
  }

  @Test
  void refusesABackslashThatFlinkWouldTakeForASlash() {
    refusedWithInput(
        "--output: found '" + path("a\\b") + "', expected a name without a backslash",
        "--output",
        path("a\\b"));
  }

  @Test
  void stdoutHasItsDeadLettersOnStderr() {
    assertThat(locations().output()).isEqualTo(StandardStream.STDOUT);
    assertThat(locations().deadLetters()).isEqualTo(StandardStream.STDERR);
    assertThat(
            ((FileLocation) locations("--dead-letters", path("dl")).deadLetters()).path().getPath())
        .isEqualTo(path("dl"));
  }

  @Test
  void refusesAnInputThatIsNotThere() {
    refused("--input: found '" + path("nix") + "', expected", "--input", path("nix"));
    refused("--input: found 'nix:/a', expected a file system", "--input", "nix:/a");
  }

  @Test
  void refusesAFileWhereAFolderHasToBe() throws IOException {
    Files.writeString(folder.resolve("file"), "");

    refusedWithInput("--output: found '" + path("file") + "'", "--output", path("file"));
    refusedWithInput("--dead-letters: found '" + path("file"), "--dead-letters", path("file"));
    Locations below = locations("--output", path("file/below"));
    assertThatThrownBy(below::createFolders)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--output: found '" + path("file/below") + "', expected");
  }

  @Test
  void refusesWeightsThatAreNotThere() {
    refusedWithInput("--weights: found '" + path("nix") + "'", "--weights", path("nix"));
    refusedWithInput("--weights: found '" + folder + "'", "--weights", folder.toString());
  }

  @Test
  void refusesPlacesWithinOneAnother() throws IOException {
    Files.createDirectories(folder.resolve("data/sub"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("data"));

    for (String output : List.of("data", "data/", "data/sub/..", "link")) {
      refused("--input: found", "--input", path("data"), "--output", path(output));
      refused("--input: found", "--input", path("data/sub"), "--output", path(output));
    }
    refusedWithInput("--output: found", "--output", path("o"), "--dead-letters", path("o"));
    refusedWithInput("--dead-letters: found", "--output", path("o"), "--dead-letters", path("o/d"));
    refusedWithInput("--checkpoints: found", "--output", path("o"), "--checkpoints", path("o/c"));
    // A name that only begins the same is another place.
    assertThat(locations("--output", path("o"), "--dead-letters", path("o2"))).isNotNull();
  }

  @Test
  void refusesAnyPlaceToWriteToWithinTheInput() throws IOException {
    Files.createDirectories(folder.resolve("data/sub"));

    for (String option : List.of("--output", "--dead-letters", "--checkpoints")) {
      List<String> arguments = new ArrayList<>(List.of("--input", path("data")));
      if (!option.equals("--output")) {
        arguments.addAll(List.of("--output", path("out")));
      }
      arguments.addAll(List.of(option, path("data/sub/new")));
      refused(option + ": found '" + path("data/sub/new"), arguments.toArray(String[]::new));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "out-dead-letters"})
  void aFolderWithContentIsRefused(String name) throws IOException {
    Locations locations = locations("--output", path("out"));
    write(name + "/" + UNFINISHED);
    locations.folders().checkEmpty();

    for (String content : List.of(PART, ".hidden", "_tmp", UNFINISHED + "~", "empty/")) {
      Path there = folder.resolve(name + "/" + content);
      write(name + "/" + content);
      assertThatThrownBy(() -> locations.folders().checkEmpty())
          .as(content)
          .isInstanceOf(UsageException.class)
          .hasMessageContainingAll("'" + path(name) + "'", "--overwrite", there.toString());
      Files.delete(there);
    }
  }

  @Test
  void whatAKilledRunDidNotFinishGoesWhenTheJobIsDone() throws IOException {
    write("out/" + PART, "out/" + UNFINISHED, "out/.mine", "out-dead-letters/" + UNFINISHED);

    locations("--output", path("out")).folders().deleteUnfinished();

    assertThat(below("out"))
        .containsExactlyInAnyOrder(folder.resolve("out/" + PART), folder.resolve("out/.mine"));
    assertThat(below("out-dead-letters")).isEmpty();
  }

  @Test
  void overwriteEmptiesBothFoldersOfPartFiles() throws IOException {
    write(
        "out/" + PART,
        "out/" + UNFINISHED,
        "out/2026/" + PART.replace("-0.jsonl", "-17.jsonl"),
        "out-dead-letters/" + PART);

    Locations locations = locations("--output", path("out"), "--overwrite");
    locations.folders().checkOnlyPartFiles();
    assertThat(below("out")).hasSize(4); // looking changes nothing
    locations.folders().empty();

    assertThat(below("out")).isEmpty();
    assertThat(below("out-dead-letters")).isEmpty();
    assertThat(input).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "part-time-salaries.xlsx",
        "part-1.jsonl",
        "x" + PART,
        PART + ".gz",
        "." + PART,
        "photos/",
        "photos/2026/",
        PART + "/"
      })
  void overwriteDeletesNoFilesOfOthers(String name) throws IOException {
    write("out/a/" + PART, "out/" + name);

    assertThatThrownBy(() -> locations("--output", path("out"), "--overwrite").folders().empty())
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--overwrite", path("out/" + name).replaceFirst("/$", ""));

    assertThat(folder.resolve("out/" + name)).exists();
    assertThat(folder.resolve("out/a/" + PART)).exists();
  }

  @Test
  void overwriteDeletesNothingWhereAnythingElseLies() throws IOException {
    write("out/" + PART, "out-dead-letters/" + PART, "out-dead-letters/sub/thesis.tex");

    assertThatThrownBy(() -> locations("--output", path("out"), "--overwrite").folders().empty())
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--overwrite", path("out-dead-letters/sub/thesis.tex"));

    assertThat(below("out")).hasSize(1);
    assertThat(below("out-dead-letters")).hasSize(3);
  }

  @Test
  void overwriteDoesNotFollowLinksOutOfTheFolder() throws IOException {
    write("elsewhere/" + PART, "out/" + PART);
    Files.createSymbolicLink(folder.resolve("out/link"), folder.resolve("elsewhere"));

    assertThatThrownBy(() -> locations("--output", path("out"), "--overwrite").folders().empty())
        .isInstanceOf(UsageException.class);

    assertThat(below("elsewhere")).hasSize(1);
    assertThat(below("out")).hasSize(2);
  }

  @Test
  void theFolderForAttentionWeightsIsAFolderLikeTheOthers() throws IOException {
    String[] arguments = {
      "--attention-weights", path("w"), "--attention-weights-sample=1", "--overwrite"
    };
    Locations locations = locations(arguments);
    write("w/" + PART);
    assertThatThrownBy(() -> locations.folders().checkEmpty())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--attention-weights: found '" + path("w") + "'");
    locations.folders().empty();
    assertThat(below("w")).isEmpty();
    Files.delete(folder.resolve("w"));
    locations.createFolders();
    assertThat(folder.resolve("w")).isEmptyDirectory();

    String within = "--attention-weights: found '" + path("o/w") + "', expected a place outside";
    refusedWithInput(
        within,
        "--output",
        path("o"),
        "--attention-weights",
        path("o/w"),
        "--attention-weights-sample=1");
    refusedWithInput(
        "--input: found", "--attention-weights", folder.toString(), "--attention-weights-sample=1");
  }

  @Test
  void makesTheFoldersThatAreMissing() {
    locations("--output", path("a/b/out")).createFolders();

    assertThat(folder.resolve("a/b/out")).isEmptyDirectory();
    assertThat(folder.resolve("a/b/out-dead-letters")).isEmptyDirectory();
  }

  private Locations locations(String... further) {
    List<String> arguments = new ArrayList<>(List.of("--input", input.toString()));
    arguments.addAll(List.of(further));
    return Locations.of(Options.parse(RunsOn.EMBEDDED, arguments.toArray(String[]::new)));
  }

  private void refusedWithInput(String start, String... further) {
    assertThatThrownBy(() -> locations(further))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(start);
  }

  private static void refused(String start, String... arguments) {
    assertThatThrownBy(() -> Locations.of(Options.parse(RunsOn.EMBEDDED, arguments)))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(start);
  }

  private String path(String name) {
    return folder + "/" + name;
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(name.endsWith("/") ? file : file.getParent());
      if (!name.endsWith("/")) {
        Files.writeString(file, "");
      }
    }
  }

  private List<Path> below(String name) throws IOException {
    Path root = folder.resolve(name);
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(path -> !path.equals(root)).toList();
    }
  }
}
