package io.headstream.job.app.embedded;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What the job has done so far, as its operators count it. */
record Counts(
    long tokensRead,
    long tokensAnswered,
    long sequencesDone,
    long deadLetters,
    long duplicatesDropped) {

  /** The counts in a job's accumulators; one that is missing is 0. */
  static Counts of(Map<String, ?> accumulators) {
    return new Counts(
        count(accumulators, "tokens-read"),
        count(accumulators, "tokens-answered"),
        count(accumulators, "sequences-done"),
        count(accumulators, "dead-letters"),
        count(accumulators, "duplicates-dropped"));
  }

  private static long count(Map<String, ?> accumulators, String name) {
    return accumulators.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** The line that is shown while the job runs. */
  String progress(Duration elapsed) {
    return format(
        "%,d tokens read, %s done, %,d tokens/s",
        tokensRead, counted(sequencesDone, "sequence"), perSecond(tokensRead, elapsed));
  }

  /** The line at the end. */
  String summary(Duration elapsed) {
    return format(
        "%s answered in %s, %s, %s, %.1f s (%,d tokens/s)",
        counted(tokensAnswered, "token"),
        counted(sequencesDone, "sequence"),
        counted(deadLetters, "dead letter"),
        counted(duplicatesDropped, "duplicate"),
        elapsed.toMillis() / 1e3,
        perSecond(tokensAnswered, elapsed));
  }

  private static long perSecond(long count, Duration elapsed) {
    return Math.round(count * 1e3 / Math.max(1, elapsed.toMillis()));
  }

  private static String counted(long count, String thing) {
    return format("%,d %s%s", count, thing, count == 1 ? "" : "s");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
