package io.headstream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code ./headstream} on the jar that this build has made. */
final class HeadstreamProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private final FlinkProcess process;
  private final Path log;

  private HeadstreamProcess(FlinkProcess process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param name of its files {@code NAME.out}, {@code NAME.err} and {@code NAME.log}
   * @param jvm flags of the JVM, apart by blanks
   */
  static HeadstreamProcess start(String name, Path folder, String jvm, List<String> options)
      throws IOException {
    Path log = folder.resolve(name + ".log");
    List<String> command = new ArrayList<>(List.of(System.getProperty("e2e.launcher")));
    command.addAll(options);
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "HEADSTREAM_NO_BUILD",
            "1",
            "HEADSTREAM_JAVA_OPTS",
            "-Dheadstream.log.file=" + log + " " + jvm);
    return new HeadstreamProcess(FlinkProcess.start(name, folder, environment, command), log);
  }

  long pid() {
    return process.pid();
  }

  Path stdout() {
    return process.stdout();
  }

  /** The log of Flink and of Headstream in it; not there where nothing was logged. */
  Path log() {
    return log;
  }

  /** What was said, without the JVM's own line about the incubator module. */
  List<String> stderr() throws IOException {
    return Files.readAllLines(process.stderr()).stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
        .toList();
  }

  /** Waits for something that has to happen before the process ends. */
  void await(String what, Callable<Boolean> happened) throws Exception {
    Await.until(
        what,
        LIMIT,
        () -> {
          boolean yes = happened.call();
          if (!yes && !process.isAlive()) {
            throw new AssertionError("ended before %s: %s".formatted(what, stderr()));
          }
          return yes;
        });
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException {
    return process.await(LIMIT);
  }

  /** Waits for a good end. */
  void succeed() throws Exception {
    assertThat(exitCode()).as("%s, more in %s", stderr(), log).isZero();
  }

  /** {@code kill -9} while it runs. */
  void kill() {
    assertThat(process.isAlive()).as("still running").isTrue();
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
