package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines that end at LF or CRLF, counts them all and hands out those
 * that are not blank.
 *
 * <p>Of a line it buffers no more than the longest record has, so that a file without line ends
 * needs no more memory than one with them. A byte order mark at the stream's beginning is handed
 * out with the first line, and does not count against the longest record. Serves one thread.
 */
final class LineReader implements Closeable {
  private static final int CHUNK_BYTES = 1 << 16;

  /** Beside the record, the line may begin with a byte order mark and end with a CR. */
  private static final int EXTRA_BYTES = 4;

  private final InputStream in;
  private final String name;
  private final int maxRecordBytes;
  private final int keptLimit;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int chunkAt;
  private int chunkEnd;
  private boolean ended;
  private long offset;
  private long lines;

  private final BlankScan blank = new BlankScan();
  private byte[] line = new byte[1024];
  private int kept;
  private long sizeBytes;
  private byte lastByte;
  private int markBytes;

  /**
   * A reader that goes on where another one stood.
   *
   * @param in stands on the first byte to read
   * @param name what the input is called in a record's source
   * @param maxRecordBytes of a longer line only the beginning is kept
   * @param offset how many bytes were read before
   * @param lines how many lines were read before
   */
  LineReader(InputStream in, String name, int maxRecordBytes, long offset, long lines) {
    this.in = in;
    this.name = name;
    this.maxRecordBytes = maxRecordBytes;
    long limit = (long) Math.max(maxRecordBytes, RawRecord.KEPT_BYTES) + EXTRA_BYTES;
    this.keptLimit = (int) Math.min(limit, Integer.MAX_VALUE - 8);
    this.offset = offset;
    this.lines = lines;
  }

  /** How many bytes were read up to the end of the newest line, from the input's beginning on. */
  long offset() {
    return offset;
  }

  /** The newest line's number, from 1; also how many lines there were until now. */
  long lines() {
    return lines;
  }

  /**
   * The next line that is not blank, or null at the end.
   *
   * @throws IOException when the input cannot be read
   */
  RawRecord next() throws IOException {
    while (readLine()) {
      boolean tooLarge = sizeBytes - markBytes > maxRecordBytes;
      if (tooLarge) {
        kept = Math.min(kept, RawRecord.KEPT_BYTES);
      }
      if (!blank.blank()) {
        return new RawRecord(Arrays.copyOf(line, kept), name + ':' + lines, sizeBytes, markBytes);
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean readLine() throws IOException {
    boolean first = offset == 0;
    kept = 0;
    sizeBytes = 0;
    blank.begin(first);
    while (chunkAt < chunkEnd || fill()) {
      int end = chunkAt;
      while (end < chunkEnd && chunk[end] != '\n') {
        end++;
      }
      append(end - chunkAt);
      if (end < chunkEnd) {
        chunkAt++;
        offset++;
        dropLastCarriageReturn();
        endLine(first);
        return true;
      }
    }
    if (sizeBytes == 0) {
      return false;
    }
    endLine(first);
    return true;
  }

  /** Reads nothing more after the end: a terminal would ask again. */
  private boolean fill() throws IOException {
    while (!ended) {
      chunkAt = 0;
      int read = in.read(chunk, 0, chunk.length);
      chunkEnd = Math.max(read, 0);
      ended = read < 0;
      if (read > 0) {
        return true;
      }
    }
    return false;
  }

  private void append(int bytes) {
    if (bytes == 0) {
      return;
    }
    blank.scan(chunk, chunkAt, chunkAt + bytes);
    int keep = Math.min(bytes, keptLimit - kept);
    if (kept + keep > line.length) {
      long doubled = Math.max(2L * line.length, kept + keep);
      line = Arrays.copyOf(line, (int) Math.min(doubled, keptLimit));
    }
    System.arraycopy(chunk, chunkAt, line, kept, keep);
    kept += keep;
    sizeBytes += bytes;
    chunkAt += bytes;
    offset += bytes;
    lastByte = chunk[chunkAt - 1];
  }

  private void dropLastCarriageReturn() {
    if (sizeBytes > 0 && lastByte == '\r') {
      if (kept == sizeBytes) {
        kept--;
      }
      sizeBytes--;
    }
  }

  private void endLine(boolean first) {
    lines++;
    boolean marked =
        kept >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    markBytes = first && marked ? 3 : 0;
  }
}
