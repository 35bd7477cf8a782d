package io.headstream.job.sequences;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of an {@link OpenSequence}: its fields in order. */
public final class OpenSequenceSerializer extends RecordSerializer<OpenSequence> {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public OpenSequence createInstance() {
    return OpenSequence.EMPTY;
  }

  @Override
  public OpenSequence copy(OpenSequence open) {
    return open;
  }

  @Override
  public void serialize(OpenSequence open, DataOutputView target) throws IOException {
    target.writeInt(open.next());
    target.writeLong(open.tokens());
    target.writeInt(open.highest());
    target.writeInt(open.last());
    target.writeBoolean(open.refused());
    target.writeLong(open.lastArrival());
    target.writeLong(open.gapTimer());
  }

  @Override
  public OpenSequence deserialize(DataInputView source) throws IOException {
    return new OpenSequence(
        source.readInt(),
        source.readLong(),
        source.readInt(),
        source.readInt(),
        source.readBoolean(),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<OpenSequence> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<OpenSequence> {
    /** For Flink. */
    public Snapshot() {
      super(1, OpenSequenceSerializer::new);
    }
  }
}
