package io.headstream.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what the job has committed. */
public final class PartFiles {
  private static final Pattern KEY =
      Pattern.compile("\\{\"sequence_id\":\"([^\"]*)\",\"position\":(\\d+)");

  private PartFiles() {}

  /** The committed lines of all part files below a folder; none where there is no folder. */
  public static List<String> lines(Path folder) {
    List<String> lines = new ArrayList<>();
    if (!Files.exists(folder)) {
      return lines;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (file.getFileName().toString().startsWith("part-")) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** The answers below a folder, sorted by sequence and position. */
  public static List<String> sortedAnswers(Path folder) {
    List<String> lines = lines(folder);
    lines.sort(
        Comparator.<String, String>comparing(line -> key(line).group(1))
            .thenComparing(line -> Integer.parseInt(key(line).group(2)))
            .thenComparing(line -> line));
    return lines;
  }

  private static Matcher key(String line) {
    Matcher matcher = KEY.matcher(line);
    if (!matcher.find()) {
      throw new IllegalArgumentException("not an answer: " + line);
    }
    return matcher;
  }
}
