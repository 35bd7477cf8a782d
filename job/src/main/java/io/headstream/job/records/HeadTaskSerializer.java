package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link HeadTask}: key, length of the sequence, first position, embeddings. */
public final class HeadTaskSerializer extends RecordSerializer<HeadTask> {
  private static final long serialVersionUID = 1L;

  private static final HeadKeySerializer KEY = new HeadKeySerializer();

  @Override
  public HeadTask createInstance() {
    return new HeadTask(KEY.createInstance(), 0, 0, new float[0]);
  }

  @Override
  public HeadTask copy(HeadTask task) {
    return new HeadTask(
        task.key(), task.sequenceLength(), task.firstPosition(), task.embeddings().clone());
  }

  @Override
  public void serialize(HeadTask task, DataOutputView target) throws IOException {
    KEY.serialize(task.key(), target);
    target.writeInt(task.sequenceLength());
    target.writeInt(task.firstPosition());
    FloatCodec.write(task.embeddings(), target);
  }

  @Override
  public HeadTask deserialize(DataInputView source) throws IOException {
    return new HeadTask(
        KEY.deserialize(source), source.readInt(), source.readInt(), FloatCodec.read(source));
  }

  @Override
  public TypeSerializerSnapshot<HeadTask> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<HeadTask> {
    /** For Flink. */
    public Snapshot() {
      super(1, HeadTaskSerializer::new);
    }
  }
}
