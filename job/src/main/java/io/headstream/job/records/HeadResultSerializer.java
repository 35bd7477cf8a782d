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
 * Version 1 of a {@link HeadResult}: sequence ID, group, length of the sequence, first position,
 * columns.
 */
public final class HeadResultSerializer extends RecordSerializer<HeadResult> {
  private static final long serialVersionUID = 1L;

  @Override
  public HeadResult createInstance() {
    return new HeadResult("", 0, 0, 0, new float[0]);
  }

  @Override
  public HeadResult copy(HeadResult result) {
    return new HeadResult(
        result.sequenceId(),
        result.group(),
        result.sequenceLength(),
        result.firstPosition(),
        result.columns().clone());
  }

  @Override
  public void serialize(HeadResult result, DataOutputView target) throws IOException {
    StringValue.writeString(result.sequenceId(), target);
    target.writeInt(result.group());
    target.writeInt(result.sequenceLength());
    target.writeInt(result.firstPosition());
    FloatCodec.write(result.columns(), target);
  }

  @Override
  public HeadResult deserialize(DataInputView source) throws IOException {
    return new HeadResult(
        StringValue.readString(source),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        FloatCodec.read(source));
  }

  @Override
  public TypeSerializerSnapshot<HeadResult> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<HeadResult> {
    /** For Flink. */
    public Snapshot() {
      super(1, HeadResultSerializer::new);
    }
  }
}
