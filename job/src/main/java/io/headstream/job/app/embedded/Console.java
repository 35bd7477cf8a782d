package io.headstream.job.app.embedded;

import io.headstream.job.app.options.Secrets;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the user sees. Standard output holds records only, so whatever a library prints goes to the
 * log file.
 */
final class Console {
  /** Set by the launcher to the log file of this run. */
  private static final String LOG_FILE = System.getProperty("headstream.log.file");

  /** Set by the launcher, which can tell, to whether stderr is a terminal. */
  private static final boolean TERMINAL = Boolean.getBoolean("headstream.terminal");

  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintStream out = utf8(new FileOutputStream(FileDescriptor.out));
  private final PrintStream err = utf8(new FileOutputStream(FileDescriptor.err));

  private final boolean ownLogFile = LOG_FILE != null && !Files.exists(Path.of(LOG_FILE));
  private final RunLog log = LOG_FILE == null ? null : new RunLog(LOG_FILE);
  private Secrets secrets = Secrets.NONE;

  private Console() {}

  /** Takes the standard streams of this JVM away from everybody else. */
  static Console take() {
    Console console = new Console();
    PrintStream log = utf8(console.log == null ? OutputStream.nullOutputStream() : console.log);
    System.setOut(log);
    System.setErr(log); // where the logger writes too
    return console;
  }

  /** From now on the secrets are in no message and not in the log file, whoever says them. */
  void hide(Secrets secrets) {
    this.secrets = secrets;
    if (log != null) {
      log.hide(secrets);
    }
  }

  private static PrintStream utf8(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Prints what the user asked for instead of a job. */
  void information(String text) {
    out.println(text);
  }

  /** Says something to the user on a line of its own. */
  void line(String text) {
    err.println((TERMINAL ? CLEAR_LINE : "") + "headstream: " + secrets.hide(text));
  }

  /** Says what the user did wrong, which leaves no log file: there is nothing more to it. */
  void refusal(String text) {
    line(text);
    if (ownLogFile) {
      try {
        Files.deleteIfExists(Path.of(LOG_FILE));
      } catch (IOException e) {
        // Then it lies there with what Flink says of itself.
      }
    }
  }

  /** Says why the job failed, and where there is more about it. */
  void failure(String text) {
    line(text + (LOG_FILE == null ? "" : "; more in " + LOG_FILE));
  }

  /** Shows how far the job is, if somebody is there to see it. The next line replaces it. */
  void progress(Counts counts, Duration elapsed) {
    if (TERMINAL) {
      // Back to the start of the line, so that a record on the same terminal begins there.
      err.print(CLEAR_LINE + "headstream: " + counts.progress(elapsed) + "\r");
    }
  }
}
