package io.headstream.job.app.options;

/**
 * Something is wrong that was found before the job started: the usage, an input that is not there,
 * an output that cannot be written, weights that are refused.
 *
 * <p>The message is the one line that the user reads. It names the option, what was found and what
 * was expected.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With the line that the user reads; line breaks in it become blanks. */
  public UsageException(String line) {
    super(OneLine.of(line));
  }

  /** {@code option: found 'found', expected expected}. */
  public static UsageException unexpected(String option, Object found, String expected) {
    return new UsageException(option + ": found '" + found + "', expected " + expected);
  }
}
