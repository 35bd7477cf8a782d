package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own, whose standard streams go to files. None outlives this JVM, unless the JVM
 * itself is killed by {@code kill -9}.
 */
final class FlinkProcess implements AutoCloseable {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill Flink"));
  }

  private final String name;
  private final Process process;
  private final Path stdout;
  private final Path stderr;

  private FlinkProcess(String name, Process process, Path stdout, Path stderr) {
    this.name = name;
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /**
   * Starts a process.
   *
   * @param name of its files {@code NAME.out} and {@code NAME.err}
   * @param folder where these files come
   * @param environment added to that of this JVM
   */
  static FlinkProcess start(
      String name, Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    Path stdout = folder.resolve(name + ".out");
    Path stderr = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    RUNNING.add(process);
    process.onExit().thenAccept(RUNNING::remove);
    return new FlinkProcess(name, process, stdout, stderr);
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Path stdout() {
    return stdout;
  }

  Path stderr() {
    return stderr;
  }

  /** Waits for the end and gives the exit code. */
  int await(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("%s did not end within %d s".formatted(name, limit.toSeconds()));
    }
    return process.exitValue();
  }

  /** {@code kill -9}; returns when the process is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Sends a signal, such as {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    Command.run("kill", "-" + name, String.valueOf(pid()));
  }

  @Override
  public void close() {
    kill();
  }
}
