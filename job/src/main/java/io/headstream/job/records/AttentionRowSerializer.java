package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of an {@link AttentionRow}: sequence ID, head, position, sinks, first recent key,
 * weights.
 */
public final class AttentionRowSerializer extends RecordSerializer<AttentionRow> {
  private static final long serialVersionUID = 1L;

  @Override
  public AttentionRow createInstance() {
    return new AttentionRow("", 0, 0, 0, 0, new float[1]);
  }

  @Override
  public AttentionRow copy(AttentionRow row) {
    return new AttentionRow(
        row.sequenceId(),
        row.head(),
        row.position(),
        row.sinks(),
        row.firstRecent(),
        row.weights().clone());
  }

  @Override
  public void serialize(AttentionRow row, DataOutputView target) throws IOException {
    StringValue.writeString(row.sequenceId(), target);
    target.writeInt(row.head());
    target.writeInt(row.position());
    target.writeInt(row.sinks());
    target.writeInt(row.firstRecent());
    FloatCodec.write(row.weights(), target);
  }

  @Override
  public AttentionRow deserialize(DataInputView source) throws IOException {
    return new AttentionRow(
        StringValue.readString(source),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        FloatCodec.read(source));
  }

  @Override
  public TypeSerializerSnapshot<AttentionRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<AttentionRow> {
    /** For Flink. */
    public Snapshot() {
      super(1, AttentionRowSerializer::new);
    }
  }
}
