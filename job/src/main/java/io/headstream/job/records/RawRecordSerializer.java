package io.headstream.job.records;

import io.headstream.job.serialization.ByteCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Version 1 of a {@link RawRecord}: bytes, source, size, size of the byte order mark. */
public final class RawRecordSerializer extends RecordSerializer<RawRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public RawRecord createInstance() {
    return new RawRecord(new byte[0], "", 0);
  }

  @Override
  public RawRecord copy(RawRecord raw) {
    return new RawRecord(raw.bytes().clone(), raw.source(), raw.sizeBytes(), raw.markBytes());
  }

  @Override
  public void serialize(RawRecord raw, DataOutputView target) throws IOException {
    ByteCodec.write(raw.bytes(), target);
    StringValue.writeString(raw.source(), target);
    target.writeLong(raw.sizeBytes());
    target.writeByte(raw.markBytes());
  }

  @Override
  public RawRecord deserialize(DataInputView source) throws IOException {
    return new RawRecord(
        ByteCodec.read(source),
        StringValue.readString(source),
        source.readLong(),
        source.readByte());
  }

  @Override
  public TypeSerializerSnapshot<RawRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<RawRecord> {
    /** For Flink. */
    public Snapshot() {
      super(1, RawRecordSerializer::new);
    }
  }
}
