package io.headstream.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the operating system that a fault is made of. */
final class Command {
  private Command() {}

  /**
   * Runs a command to its end.
   *
   * @return what it said
   * @throws IOException if it did not succeed within five minutes, with what it said
   */
  static String run(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(List.of(words) + ": " + said.strip());
    }
    return said;
  }

  /** Whether a command succeeds. */
  static boolean succeeds(String... words) throws InterruptedException {
    try {
      run(words);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
