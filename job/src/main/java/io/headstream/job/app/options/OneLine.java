package io.headstream.job.app.options;

/** Text that came from elsewhere, made fit to stand on one line of a terminal. */
public final class OneLine {
  private static final int LONGEST = 2000;

  private OneLine() {}

  /** The text with each run of control characters, such as line breaks, as one blank. */
  public static String of(String text) {
    String line = text.replaceAll("[\\p{Cc}\\u2028\\u2029]+", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
