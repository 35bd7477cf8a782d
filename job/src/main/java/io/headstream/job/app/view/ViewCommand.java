package io.headstream.job.app.view;

import io.headstream.job.app.options.OneLine;
import io.headstream.job.app.options.ParseFailure;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.options.Values;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./headstream view}: attention weights as pictures. */
@Command(
    name = "view",
    sortOptions = false,
    usageHelpWidth = 100,
    usageHelpAutoWidth = false,
    customSynopsis = {
      "./headstream view FOLDER_OR_FILE -o report.html   a page for the browser",
      "       ./headstream view FOLDER_OR_FILE -o DIR --png      a PNG for each head"
    },
    description = {"", "Shows what --attention-weights wrote.", ""})
public final class ViewCommand {
  /** The word that a user types first. */
  public static final String NAME = "view";

  @Parameters(
      index = "0",
      paramLabel = "FOLDER_OR_FILE",
      converter = Values.Location.class,
      description = "what --attention-weights wrote. Required.")
  private String input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      required = true,
      converter = Values.Location.class,
      description = "the page, or with --png the folder for the pictures. Required.")
  private String output;

  @Option(names = "--png", description = "a PNG for each head in place of the page. Default: off")
  private boolean png;

  @Option(
      names = "--sequence",
      paramLabel = "ID",
      converter = Values.Text.class,
      description = "show this sequence alone. Default: all")
  private String sequence;

  private ViewCommand() {}

  /** The text of {@code --help}. */
  public static String help() {
    return new CommandLine(new ViewCommand())
        .getUsageMessage(CommandLine.Help.Ansi.OFF)
        .stripTrailing();
  }

  /**
   * Does what the user typed.
   *
   * @param arguments without the word {@code view}
   * @return one line that says what was written
   * @throws UsageException if anything is wrong with the options, the files to read or the place to
   *     write to
   */
  public static String run(String... arguments) {
    ViewCommand command = new ViewCommand();
    CommandLine commandLine = new CommandLine(command);
    commandLine.setExpandAtFiles(false);
    try {
      commandLine.parseArgs(arguments);
    } catch (ParameterException e) {
      throw ParseFailure.explain(e);
    }
    return command.run();
  }

  private String run() {
    AttentionReport report = read(path(NAME, input));
    Path target = path("--output", output);
    try {
      String written = png ? writePictures(report, target) : writePage(report, target);
      return written
          + (report.leftOut() == 0
              ? ""
              : "; %,d records left out, for which there is no room (--sequence ID shows one)"
                  .formatted(report.leftOut()));
    } catch (IOException e) {
      throw UsageException.unexpected(
          "--output", output, "a place that can be written to (" + reason(e) + ")");
    }
  }

  private AttentionReport read(Path file) {
    if (!Files.exists(file)) {
      throw UsageException.unexpected(NAME, input, "a file or folder that is there");
    }
    AttentionReport report;
    try {
      report = AttentionFiles.read(file, sequence);
    } catch (UnreadableRecordException e) {
      throw new UsageException(NAME + " " + input + ": " + OneLine.of(e.getMessage()));
    } catch (IOException e) {
      throw UsageException.unexpected(
          NAME, input, "a file or folder that can be read (" + reason(e) + ")");
    }
    if (report.isEmpty()) {
      throw UsageException.unexpected(
          NAME,
          input,
          sequence == null
              ? "records of attention weights, found none"
              : "records of sequence '" + sequence + "', found none");
    }
    return report;
  }

  private String writePictures(AttentionReport report, Path folder) throws IOException {
    int files = HeadPictures.write(report, folder).size();
    return "%,d pictures in %s".formatted(files, folder);
  }

  private String writePage(AttentionReport report, Path page) throws IOException {
    if (Files.exists(page) && !isPage(page)) {
      throw UsageException.unexpected(
          "--output", output, "a new file, or an earlier page of headstream view");
    }
    try (OutputStream stream = Files.newOutputStream(page)) {
      ReportPage.write(report, stream);
    }
    return "%,d sequence%s in %s".formatted(report.size(), report.size() == 1 ? "" : "s", page);
  }

  /** Whether a file may be overwritten, because it was written by this command. */
  private static boolean isPage(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    byte[] beginning = ReportPage.BEGINNING.getBytes(StandardCharsets.UTF_8);
    try (var stream = Files.newInputStream(file)) {
      return Arrays.equals(stream.readNBytes(beginning.length), beginning);
    }
  }

  private static Path path(String option, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw UsageException.unexpected(
          option, text, "the name of a file or folder (" + e.getReason() + ")");
    }
  }

  private static String reason(IOException e) {
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getClass().getSimpleName();
  }
}
