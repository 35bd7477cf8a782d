package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of an {@link AttentionMap}: sequence ID, head, labels, length, positions before and
 * after, sinks, queries, keys.
 */
public final class AttentionMapSerializer extends RecordSerializer<AttentionMap> {
  private static final long serialVersionUID = 1L;

  @Override
  public AttentionMap createInstance() {
    return new AttentionMap("", 0, List.of(), 1, 0, 0, 0, new float[1], new float[1]);
  }

  @Override
  public AttentionMap copy(AttentionMap map) {
    return new AttentionMap(
        map.sequenceId(),
        map.head(),
        map.labels(),
        map.length(),
        map.keysBefore(),
        map.keysAfter(),
        map.sinks(),
        map.queries().clone(),
        map.keys().clone());
  }

  @Override
  public void serialize(AttentionMap map, DataOutputView target) throws IOException {
    StringValue.writeString(map.sequenceId(), target);
    target.writeInt(map.head());
    Labels.write(map.labels(), target);
    target.writeInt(map.length());
    target.writeInt(map.keysBefore());
    target.writeInt(map.keysAfter());
    target.writeInt(map.sinks());
    FloatCodec.write(map.queries(), target);
    FloatCodec.write(map.keys(), target);
  }

  @Override
  public AttentionMap deserialize(DataInputView source) throws IOException {
    return new AttentionMap(
        StringValue.readString(source),
        source.readInt(),
        Labels.read(source),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        FloatCodec.read(source),
        FloatCodec.read(source));
  }

  @Override
  public TypeSerializerSnapshot<AttentionMap> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<AttentionMap> {
    /** For Flink. */
    public Snapshot() {
      super(1, AttentionMapSerializer::new);
    }
  }
}
