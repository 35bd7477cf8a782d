package io.headstream.job.app.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads what {@code --attention-weights} wrote: a file, or all files below a folder but those whose
 * names say that they are in progress.
 */
public final class AttentionFiles {
  private AttentionFiles() {}

  /**
   * Reads all records.
   *
   * @param file a file or a folder
   * @param onlySequence the ID of the one sequence that is kept; null for all
   * @throws UnreadableRecordException if a line is no such record
   * @throws IOException if a file cannot be read
   */
  public static AttentionReport read(Path file, String onlySequence) throws IOException {
    AttentionReport report = new AttentionReport();
    for (Path part : parts(file)) {
      String name = part.equals(file) ? String.valueOf(file.getFileName()) : name(file, part);
      try (InputStream stream = new BufferedInputStream(Files.newInputStream(part), 1 << 16)) {
        readLines(stream, name, onlySequence, report);
      }
    }
    report.finish();
    return report;
  }

  private static String name(Path folder, Path part) {
    return folder.relativize(part).toString();
  }

  private static List<Path> parts(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      return List.of(file);
    }
    try (Stream<Path> found = Files.walk(file)) {
      return found
          .filter(path -> Files.isRegularFile(path) && isFinished(file, path))
          .sorted()
          .toList();
    }
  }

  private static boolean isFinished(Path folder, Path path) {
    for (Path name : folder.relativize(path)) {
      if (name.toString().startsWith(".") || name.toString().startsWith("_")) {
        return false;
      }
    }
    return true;
  }

  private static void readLines(
      InputStream stream, String name, String onlySequence, AttentionReport report)
      throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int number = 1; readLine(stream, line); number++) {
      if (line.size() > 0) {
        WeightsRecord record = parse(line.toByteArray(), name + ":" + number);
        if (onlySequence == null || onlySequence.equals(record.sequenceId())) {
          report.add(record);
        }
      }
    }
  }

  private static WeightsRecord parse(byte[] line, String where) throws IOException {
    try {
      return WeightsRecord.parse(line);
    } catch (JsonProcessingException e) {
      throw new UnreadableRecordException(where, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UnreadableRecordException(where, e.getMessage());
    }
  }

  /** Reads up to a line feed, which is left out; false at the end of the stream. */
  private static boolean readLine(InputStream stream, ByteArrayOutputStream line)
      throws IOException {
    line.reset();
    int read = stream.read();
    if (read < 0) {
      return false;
    }
    for (; read >= 0 && read != '\n'; read = stream.read()) {
      line.write(read);
    }
    return true;
  }
}
