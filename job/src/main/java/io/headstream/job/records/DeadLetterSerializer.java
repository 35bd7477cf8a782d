package io.headstream.job.records;

import io.headstream.job.serialization.ByteCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of a {@link DeadLetter}: the reason by its name, since reasons may be added in between,
 * then detail, source, record, size.
 */
public final class DeadLetterSerializer extends RecordSerializer<DeadLetter> {
  private static final long serialVersionUID = 1L;

  @Override
  public DeadLetter createInstance() {
    return new DeadLetter(Reason.MALFORMED, "", "", new byte[0], 0);
  }

  @Override
  public DeadLetter copy(DeadLetter letter) {
    return new DeadLetter(
        letter.reason(),
        letter.detail(),
        letter.source(),
        letter.record().clone(),
        letter.recordBytes());
  }

  @Override
  public void serialize(DeadLetter letter, DataOutputView target) throws IOException {
    StringValue.writeString(letter.reason().name(), target);
    StringValue.writeString(letter.detail(), target);
    StringValue.writeString(letter.source(), target);
    ByteCodec.write(letter.record(), target);
    target.writeLong(letter.recordBytes());
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    return new DeadLetter(
        reason(StringValue.readString(source)),
        StringValue.readString(source),
        StringValue.readString(source),
        ByteCodec.read(source),
        source.readLong());
  }

  private static Reason reason(String name) throws IOException {
    try {
      return Reason.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("a dead letter has the reason " + name + ", unknown here", e);
    }
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<DeadLetter> {
    /** For Flink. */
    public Snapshot() {
      super(1, DeadLetterSerializer::new);
    }
  }
}
