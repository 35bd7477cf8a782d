package io.headstream.job.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

  private Console() {}

  /** Takes the standard streams of this JVM away from everybody else. */
  static Console take() {
    Console console = new Console();
    PrintStream log = utf8(OutputStream.nullOutputStream());
    if (LOG_FILE != null) {
      try {
        log = utf8(new FileOutputStream(LOG_FILE, true));
      } catch (FileNotFoundException e) {
        console.line("cannot write to the log file " + LOG_FILE);
      }
    }
    System.setOut(log);
    System.setErr(log);
    return console;
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
    err.println((TERMINAL ? CLEAR_LINE : "") + "headstream: " + text);
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
