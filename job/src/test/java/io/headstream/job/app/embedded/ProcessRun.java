package io.headstream.job.app.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process of a test, with its outputs in files, that does not outlive the test. */
final class ProcessRun implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 240;

  private final Process process;
  private final Path stdout;
  private final Path stderr;

  /**
   * Starts a process.
   *
   * @param folder where it runs, and where its outputs are kept
   * @param environment is put on top of this JVM's own
   */
  ProcessRun(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    stdout = Files.createTempFile(folder, "stdout", "");
    stderr = Files.createTempFile(folder, "stderr", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
  }

  OutputStream stdin() {
    return process.getOutputStream();
  }

  /** Waits until something has happened, which has to be before the process ends. */
  void await(String what, BooleanSupplier happened) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!happened.getAsBoolean()) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new AssertionError("Not before the end: " + what + "; stderr: " + stderr());
      }
    }
  }

  /** Sends a signal such as {@code INT}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  int exitCode() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("Does not end; stderr: " + stderr());
    }
    return process.exitValue();
  }

  List<String> stdout() {
    return lines(stdout);
  }

  /** What was said, without the JVM's own line about the incubator module. */
  List<String> stderr() {
    return lines(stderr).stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
