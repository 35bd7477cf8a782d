package io.headstream.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits for what other processes do. */
final class Await {
  private static final Duration POLL = Duration.ofMillis(100);

  private Await() {}

  /** Waits until a condition holds. */
  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    value(what, limit, condition, holds -> holds);
  }

  /** Lets time pass, for what is to happen at a random moment. */
  static void moment(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /**
   * Asks again and again until the answer is the one that is waited for.
   *
   * @param what is waited for, for the error
   * @return that answer
   * @throws AssertionError after the limit, with the last answer
   */
  static <T> T value(String what, Duration limit, Callable<T> ask, Predicate<T> wanted)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      T answer = ask.call();
      if (wanted.test(answer)) {
        return answer;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "waited %d s for %s, the last answer was %s"
                .formatted(limit.toSeconds(), what, answer));
      }
      Thread.sleep(POLL.toMillis()); // between two questions, whose answers alone decide
    }
  }
}
