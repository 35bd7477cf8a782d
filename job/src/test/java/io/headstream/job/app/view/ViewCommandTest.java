package io.headstream.job.app.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.options.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./headstream view} writes, and what it refuses in one line: exit code 2. */
class ViewCommandTest {
  private static final String RECORD =
      "{\"sequence_id\":\"a\",\"head\":0,\"attention\":[[1,0],[0.5,0.5]]}\n";
  private static final String ROW =
      "{\"sequence_id\":\"t\",\"head\":0,\"position\":1,\"keys\":[0,1],\"attention\":[0.3,0.7]}\n";

  @TempDir Path folder;
  private String weights;

  @BeforeEach
  void writeRecords() throws IOException {
    weights = Files.writeString(folder.resolve("w.jsonl"), RECORD + ROW).toString();
  }

  @Test
  void writesAPageAndOverAnEarlierOne() throws IOException {
    Path page = folder.resolve("report.html");
    assertThat(ViewCommand.run(weights, "-o", page.toString())).isEqualTo("2 sequences in " + page);
    assertThat(ViewCommand.run("--sequence=t", weights, "-o", page.toString()))
        .isEqualTo("1 sequence in " + page);
    assertThat(page).content().startsWith(ReportPage.BEGINNING).contains("\"id\":\"t\"");
  }

  @Test
  void writesPictures() throws IOException {
    Path pictures = folder.resolve("new/pictures");
    assertThat(ViewCommand.run(weights, "-o", pictures.toString(), "--png"))
        .isEqualTo("2 pictures in " + pictures);
    try (Stream<Path> files = Files.list(pictures)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("0001-a-head-00.png", "0002-t-head-00.png");
    }
  }

  @Test
  void optionsThatAreWrongAreNamed() {
    assertRefused("view: FOLDER_OR_FILE is missing", "-o", folder + "/r.html");
    assertRefused("--output: its value is missing, expected --output PATH", weights);
    assertRefused("--output: its value is missing", weights, "-o");
    assertRefused("--pngs: unknown option", weights, "-o", "r", "--pngs");
    assertRefused("'" + weights + "': not an option", weights, weights, "-o", folder + "/r.html");
    assertRefused("--sequence: its value is missing", weights, "-o", "r", "--sequence");
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    String nowhere = folder.resolve("nowhere").toString();
    String page = folder.resolve("r.html").toString();
    assertRefused(
        "view: found '" + nowhere + "', expected a file or folder that is there",
        nowhere,
        "-o",
        page);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertRefused(
        "view: found '" + empty + "', expected records of attention weights, found none",
        empty.toString(),
        "-o",
        page);
    assertRefused(
        "view: found '" + weights + "', expected records of sequence 'other', found none",
        weights,
        "-o",
        page,
        "--sequence=other");
    String answers =
        Files.writeString(
                folder.resolve("answers.jsonl"),
                RECORD + "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1]}\n")
            .toString();
    assertRefused(
        "view "
            + answers
            + ": answers.jsonl:2: not a record of attention weights: it needs sequence_id, head and"
            + " attention",
        answers,
        "-o",
        page);
    String text = Files.writeString(folder.resolve("t"), "\u0000\u001b[31m\n").toString();
    assertRefused("view " + text + ": t:1: not a record of attention weights", text, "-o", page);
    assertThat(Path.of(page)).doesNotExist();
  }

  @Test
  void whereNothingCanBeWrittenIsNamedAndNothingElseIsOverwritten() throws IOException {
    String taken = Files.writeString(folder.resolve("mine.html"), "<!doctype html>").toString();
    assertRefused(
        "--output: found '"
            + taken
            + "', expected a new file, or an earlier page of headstream view",
        weights,
        "-o",
        taken);
    assertThat(Path.of(taken)).hasContent("<!doctype html>");
    assertRefused(
        "--output: found '" + folder + "', expected a new file, or an earlier page",
        weights,
        "-o",
        folder.toString());
    String nowhere = folder.resolve("no/such/r.html").toString();
    assertRefused(
        "--output: found '" + nowhere + "', expected a place that can be written to (",
        weights,
        "-o",
        nowhere);
    assertRefused(
        "--output: found '" + taken + "', expected a place that can be written to (",
        weights,
        "-o",
        taken,
        "--png");
    assertRefused(
        "--output: found '" + taken + "/in', expected a place that can be written to (",
        weights,
        "-o",
        taken + "/in",
        "--png");
  }

  private static void assertRefused(String start, String... arguments) {
    assertThatThrownBy(() -> ViewCommand.run(arguments))
        .as("%s", List.of(arguments))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(start)
        .message()
        .matches("[^\\p{Cntrl}]+");
  }
}
