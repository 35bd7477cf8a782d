package io.headstream.benchmarks.cases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a benchmark's figures were measured on. */
public final class Machine {
  private Machine() {}

  /** Cores, processor and JDK. */
  public static String describe() {
    return "%d cores, %s; JDK %s"
        .formatted(Runtime.getRuntime().availableProcessors(), processor(), Runtime.version());
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException e) {
      return "unknown processor"; // not Linux
    }
  }
}
