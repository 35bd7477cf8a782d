package io.headstream.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long a job needed after each fault until all its tasks ran again. */
final class Recoveries {
  private final List<Long> millis = new ArrayList<>();

  void add(long duration) {
    millis.add(duration);
  }

  int count() {
    return millis.size();
  }

  @Override
  public String toString() {
    List<Long> sorted = millis.stream().sorted().toList();
    return sorted.isEmpty()
        ? "-"
        : String.format(
            Locale.ROOT,
            "median %.1f s, worst %.1f s",
            sorted.get(sorted.size() / 2) / 1e3,
            sorted.get(sorted.size() - 1) / 1e3);
  }
}
