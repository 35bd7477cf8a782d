package io.headstream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A row of the table in docs/reliability.md for each test that let faults happen, in {@code
 * -De2e.results}.
 */
final class Results {
  private Results() {}

  /** Notes what came out of a run. */
  static void add(String promise, String faults, Workload workload, Difference d, String notes)
      throws IOException {
    String row =
        "| %s | %s | %s | %d | %d | %d | %s |%n"
            .formatted(promise, faults, workload, d.lost(), d.repeated(), d.differing(), notes);
    System.err.print(row);
    String file = System.getProperty("e2e.results");
    if (file != null) {
      Files.writeString(Path.of(file), row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }
}
