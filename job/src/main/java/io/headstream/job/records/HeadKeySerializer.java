package io.headstream.job.records;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Version 1 of a {@link HeadKey}: sequence ID, group, route. The route is part of the bytes, so
 * that a key that was read is found in the key group where it was written.
 */
public final class HeadKeySerializer extends RecordSerializer<HeadKey> {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public HeadKey createInstance() {
    return new HeadKey("", 0, 0);
  }

  @Override
  public HeadKey copy(HeadKey key) {
    return key;
  }

  @Override
  public void serialize(HeadKey key, DataOutputView target) throws IOException {
    StringValue.writeString(key.sequenceId(), target);
    target.writeInt(key.group());
    target.writeInt(key.route());
  }

  @Override
  public HeadKey deserialize(DataInputView source) throws IOException {
    return new HeadKey(StringValue.readString(source), source.readInt(), source.readInt());
  }

  @Override
  public TypeSerializerSnapshot<HeadKey> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<HeadKey> {
    /** For Flink. */
    public Snapshot() {
      super(1, HeadKeySerializer::new);
    }
  }
}
