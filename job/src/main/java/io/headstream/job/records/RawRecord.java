package io.headstream.job.records;

import io.headstream.job.serialization.ByteCodec;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * A record as it was read: a line of a file or of stdin, or the value of a Kafka record. Travels in
 * a {@link ReadRecord} or a {@link DeadLetter}, never alone.
 *
 * @param bytes the record without its line end; of a record that is too large only the first {@link
 *     #KEPT_BYTES}
 * @param source where it was read, such as {@code tokens.jsonl:17}
 * @param sizeBytes the size of the whole record, which is more than {@code bytes.length} exactly
 *     when it was too large to keep
 * @param markBytes how many of the bytes, at their beginning, are a file's byte order mark and no
 *     text: 3 or 0
 */
public record RawRecord(byte[] bytes, String source, long sizeBytes, int markBytes)
    implements ReadRecord.Content, DeadLetter.Content {

  /** How much is kept of a record that is too large. */
  public static final int KEPT_BYTES = 4096;

  /** A record without a byte order mark. */
  public RawRecord(byte[] bytes, String source, long sizeBytes) {
    this(bytes, source, sizeBytes, 0);
  }

  /** Whether the record was longer than allowed, so that only its beginning is here. */
  public boolean tooLarge() {
    return sizeBytes > bytes.length;
  }

  /** This record with no more than {@link #KEPT_BYTES} of it. */
  public RawRecord beginning() {
    return bytes.length <= KEPT_BYTES
        ? this
        : new RawRecord(Arrays.copyOf(bytes, KEPT_BYTES), source, sizeBytes, markBytes);
  }

  /** The same record with an array of its own. */
  RawRecord copy() {
    return new RawRecord(bytes.clone(), source, sizeBytes, markBytes);
  }

  /** Writes bytes, source, size, size of the byte order mark. */
  void write(DataOutputView target) throws IOException {
    ByteCodec.write(bytes, target);
    StringValue.writeString(source, target);
    target.writeLong(sizeBytes);
    target.writeByte(markBytes);
  }

  /** Reads what {@link #write} wrote. */
  static RawRecord read(DataInputView source) throws IOException {
    return new RawRecord(
        ByteCodec.read(source),
        StringValue.readString(source),
        source.readLong(),
        source.readByte());
  }
}
