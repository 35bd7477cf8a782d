package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;

/**
 * Reads the lines of a file, each with the file's name and the line's number. Lines are found on
 * the source's thread, and become tokens on the task's.
 *
 * <p>A {@link BulkFormat}, because Flink's simpler formats know neither. A file is not split, since
 * a line's number follows only from all lines before it. A checkpointed position is the offset
 * behind a line and, in the place of a record count, the number of lines up to there: that is what
 * going on needs, and restoring a long file seeks instead of reading it again.
 */
final class LineFormat implements BulkFormat<ReadRecord, FileSourceSplit> {
  private static final long serialVersionUID = 1L;

  private static final int BATCH_RECORDS = 256;
  private static final int BATCH_BYTES = 1 << 18;

  private final String root;
  private final RecordReader reader;

  /**
   * A format for the files of one input.
   *
   * @param root the input, a file or a folder, made absolute; files are named relative to it
   * @param reader reads each line
   */
  LineFormat(Path root, RecordReader reader) {
    this.root = root.getPath();
    this.reader = reader;
  }

  @Override
  public Reader<ReadRecord> createReader(Configuration config, FileSourceSplit split)
      throws IOException {
    return open(split, 0, 0);
  }

  @Override
  public Reader<ReadRecord> restoreReader(Configuration config, FileSourceSplit split)
      throws IOException {
    CheckpointedPosition position = split.getReaderPosition().orElseThrow();
    return open(split, position.getOffset(), position.getRecordsAfterOffset());
  }

  @Override
  public boolean isSplittable() {
    return false;
  }

  @Override
  public TypeInformation<ReadRecord> getProducedType() {
    return TypeInformation.of(ReadRecord.class);
  }

  private Reader<ReadRecord> open(FileSourceSplit split, long offset, long lines)
      throws IOException {
    Path path = split.path();
    FSDataInputStream in = path.getFileSystem().open(path);
    if (offset > 0) { // a pipe can be read, but not sought, not even to its beginning
      try {
        in.seek(offset);
      } catch (IOException e) {
        in.close();
        throw unreadable(path, e);
      }
    }
    LineReader found = new LineReader(in, name(path), reader.maxRecordBytes(), offset, lines);
    return new LineBatches(path, found, reader);
  }

  /** Names the file, which the cause need not do. Has no cause, so that it is the root itself. */
  private static IOException unreadable(Path file, IOException e) {
    IOException named = new IOException(file.getPath() + " cannot be read: " + e.getMessage());
    named.addSuppressed(e);
    return named;
  }

  /** The path below the input, or the file's name when the input is that file. */
  private String name(Path file) {
    String path = file.getPath();
    String folder = root.endsWith("/") ? root : root + "/";
    return path.startsWith(folder) ? path.substring(folder.length()) : file.getName();
  }

  /** Hands out lines in batches of modest size, because a few batches wait between threads. */
  private record LineBatches(Path file, LineReader lines, RecordReader reader)
      implements Reader<ReadRecord> {

    @Override
    public RecordIterator<ReadRecord> readBatch() throws IOException {
      List<RecordAndPosition<RawRecord>> batch = new ArrayList<>();
      long bytes = 0;
      while (batch.size() < BATCH_RECORDS && bytes < BATCH_BYTES) {
        RawRecord record = next();
        if (record == null) {
          break;
        }
        batch.add(new RecordAndPosition<>(record, lines.offset(), lines.lines()));
        bytes += record.bytes().length;
      }
      return batch.isEmpty() ? null : new Batch(batch.iterator(), reader);
    }

    private RawRecord next() throws IOException {
      try {
        return lines.next();
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  private record Batch(Iterator<RecordAndPosition<RawRecord>> lines, RecordReader reader)
      implements RecordIterator<ReadRecord> {

    @Override
    public RecordAndPosition<ReadRecord> next() {
      if (!lines.hasNext()) {
        return null;
      }
      RecordAndPosition<RawRecord> line = lines.next();
      return new RecordAndPosition<>(
          reader.read(line.getRecord()), line.getOffset(), line.getRecordSkipCount());
    }

    @Override
    public void releaseBatch() {
      // Nothing is pooled.
    }
  }
}
