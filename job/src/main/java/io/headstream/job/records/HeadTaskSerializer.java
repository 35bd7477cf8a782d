package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Version 2 of a {@link HeadTask}: key, length of the sequence, first position, embeddings, labels.
 * Version 1 had no labels.
 */
public final class HeadTaskSerializer extends RecordSerializer<HeadTask> {
  private static final long serialVersionUID = 1L;

  private static final HeadKeySerializer KEY = new HeadKeySerializer();

  @Override
  public HeadTask createInstance() {
    return emptyTask();
  }

  @Override
  public HeadTask copy(HeadTask task) {
    return copyOf(task);
  }

  @Override
  public void serialize(HeadTask task, DataOutputView target) throws IOException {
    writeVersion1(task, target);
    Labels.write(task.labels(), target);
  }

  @Override
  public HeadTask deserialize(DataInputView source) throws IOException {
    HeadTask task = readVersion1(source);
    return new HeadTask(
        task.key(),
        task.sequenceLength(),
        task.firstPosition(),
        task.embeddings(),
        Labels.read(source));
  }

  @Override
  public TypeSerializerSnapshot<HeadTask> snapshotConfiguration() {
    return new Snapshot();
  }

  private static HeadTask emptyTask() {
    return new HeadTask(KEY.createInstance(), 0, 0, new float[0]);
  }

  private static HeadTask copyOf(HeadTask task) {
    return new HeadTask(
        task.key(),
        task.sequenceLength(),
        task.firstPosition(),
        task.embeddings().clone(),
        task.labels());
  }

  private static void writeVersion1(HeadTask task, DataOutputView target) throws IOException {
    KEY.serialize(task.key(), target);
    target.writeInt(task.sequenceLength());
    target.writeInt(task.firstPosition());
    FloatCodec.write(task.embeddings(), target);
  }

  private static HeadTask readVersion1(DataInputView source) throws IOException {
    return new HeadTask(
        KEY.deserialize(source), source.readInt(), source.readInt(), FloatCodec.read(source));
  }

  /** The form without labels, for state that an earlier version of the serializer wrote. */
  static final class Version1 extends RecordSerializer<HeadTask> {
    private static final long serialVersionUID = 1L;

    @Override
    public HeadTask createInstance() {
      return emptyTask();
    }

    @Override
    public HeadTask copy(HeadTask task) {
      return copyOf(task);
    }

    @Override
    public void serialize(HeadTask task, DataOutputView target) throws IOException {
      writeVersion1(task, target);
    }

    @Override
    public HeadTask deserialize(DataInputView source) throws IOException {
      return readVersion1(source);
    }

    @Override
    public TypeSerializerSnapshot<HeadTask> snapshotConfiguration() {
      return new Snapshot(1);
    }
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<HeadTask> {
    /** For Flink. */
    public Snapshot() {
      this(2);
    }

    private Snapshot(int version) {
      super(version, HeadTaskSerializer::new, Version1::new);
    }
  }
}
