package io.headstream.e2e;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened when, for the report of a test that failed. Any thread may note. */
final class Timeline {
  private final long start = System.nanoTime();
  private final List<String> events = new CopyOnWriteArrayList<>();

  void note(String format, Object... values) {
    double seconds = (System.nanoTime() - start) / 1e9;
    events.add("%8.3f s  %s".formatted(seconds, format.formatted(values)));
  }

  @Override
  public String toString() {
    return String.join("\n", events);
  }
}
