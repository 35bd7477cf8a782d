package io.headstream.e2e;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code flink run} said. */
record Submission(int exitCode, String stdout, String stderr) {
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  /**
   * The job that was submitted.
   *
   * @throws AssertionError if none was
   */
  String jobId() {
    Matcher matcher = JOB_ID.matcher(stdout);
    if (exitCode != 0 || !matcher.find()) {
      throw new AssertionError("no job was submitted: " + this);
    }
    return matcher.group(1);
  }

  /** The lines of stderr, without the JVM's own warnings about modules and flags. */
  List<String> complaints() {
    return stderr.lines().filter(line -> !line.startsWith("WARNING: ")).toList();
  }
}
