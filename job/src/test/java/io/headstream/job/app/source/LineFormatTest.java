package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFormatTest {
  @TempDir private java.nio.file.Path folder;
  private java.nio.file.Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("deep").resolve("tokens.jsonl");
    Files.createDirectories(file.getParent());
    StringBuilder text = new StringBuilder("\ufefffirst\r\n\n");
    for (int i = 0; i < 700; i++) {
      text.append(i % 7 == 0 ? "\r\n" : "line " + i + (i % 2 == 0 ? "\r\n" : "\n"));
    }
    text.append("x".repeat(100_000)).append("\n\nend");
    Files.writeString(file, text);
  }

  @Test
  void namesFilesRelativeToTheFolder() throws IOException {
    List<String> lines = lines(readAll(format(path(folder), 50_000), null));
    assertThat(lines)
        .startsWith("deep/tokens.jsonl:1 \ufefffirst 8", "deep/tokens.jsonl:4 line 1 6");
    assertThat(lines).endsWith("deep/tokens.jsonl:705 end 3").hasSize(603);
    assertThat(lines.get(601)).startsWith("deep/tokens.jsonl:703 x").endsWith("x 100000");
  }

  @Test
  void namesTheFileThatIsTheInput() throws IOException {
    List<String> lines = lines(readAll(format(path(file), 50_000), null));
    assertThat(lines).startsWith("tokens.jsonl:1 \ufefffirst 8").hasSize(603);
  }

  @Test
  void goesOnBehindEveryRecord() throws IOException {
    LineFormat format = format(path(file), 50_000);
    List<RecordAndPosition<ReadRecord>> all = readAll(format, null);
    List<String> lines = lines(all);
    for (int i = 0; i < all.size(); i++) {
      CheckpointedPosition position =
          new CheckpointedPosition(all.get(i).getOffset(), all.get(i).getRecordSkipCount());
      assertThat(lines(readAll(format, position))).isEqualTo(lines.subList(i + 1, lines.size()));
    }
  }

  @Test
  void batchesAreModest() throws IOException {
    Files.writeString(file, ("y".repeat(100_000) + "\n").repeat(10));
    LineFormat format = format(path(file), 1 << 20);
    try (BulkFormat.Reader<ReadRecord> reader =
        format.createReader(new Configuration(), split(null))) {
      BulkFormat.RecordIterator<ReadRecord> batch = reader.readBatch();
      int records = 0;
      while (batch.next() != null) {
        records++;
      }
      assertThat(records).isEqualTo(3);
    }
  }

  @Test
  void readsAPipe() throws Exception {
    Files.delete(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(file, "a\n\nb\n");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.setDaemon(true);
    writer.start();
    assertThat(lines(readAll(format(path(file), 100), null)))
        .containsExactly("tokens.jsonl:1 a 1", "tokens.jsonl:3 b 1");
    writer.join();
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    Path memory = new Path("/proc/self/mem"); // opens and seeks, but address 1 cannot be read
    FileSourceSplit split =
        new FileSourceSplit("1", memory, 0, 9, 0, 9, new String[0], new CheckpointedPosition(1, 1));
    assertThatThrownBy(
            () -> {
              try (BulkFormat.Reader<ReadRecord> reader =
                  format(memory, 100).restoreReader(new Configuration(), split)) {
                reader.readBatch();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("/proc/self/mem cannot be read: Input/output error");
  }

  @Test
  void anEmptyFileHasNoBatch() throws IOException {
    Files.writeString(file, "\n \n");
    assertThat(readAll(format(path(file), 10), null)).isEmpty();
  }

  private List<RecordAndPosition<ReadRecord>> readAll(
      LineFormat format, CheckpointedPosition position) throws IOException {
    Configuration config = new Configuration();
    List<RecordAndPosition<ReadRecord>> records = new ArrayList<>();
    try (BulkFormat.Reader<ReadRecord> reader =
        position == null
            ? format.createReader(config, split(null))
            : format.restoreReader(config, split(position))) {
      for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
        for (var record = batch.next(); record != null; record = batch.next()) {
          records.add(record);
        }
        batch.releaseBatch();
      }
    }
    return records;
  }

  private FileSourceSplit split(CheckpointedPosition position) throws IOException {
    long size = Files.size(file);
    return new FileSourceSplit("1", path(file), 0, size, 0, size, new String[0], position);
  }

  private static List<String> lines(List<RecordAndPosition<ReadRecord>> records) {
    return records.stream()
        .map(read -> AsItIs.record(read.getRecord()))
        .map(r -> r.source() + " " + new String(r.bytes()) + " " + r.sizeBytes())
        .toList();
  }

  private static LineFormat format(Path root, int maxRecordBytes) {
    return new LineFormat(root, AsItIs.reader(maxRecordBytes));
  }

  private static Path path(java.nio.file.Path path) {
    return new Path(path.toUri());
  }
}
