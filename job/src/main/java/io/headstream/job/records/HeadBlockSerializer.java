package io.headstream.job.records;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link HeadBlock}: key, first position, whether it ends, embeddings. */
public final class HeadBlockSerializer extends RecordSerializer<HeadBlock> {
  private static final long serialVersionUID = 1L;

  private static final HeadKeySerializer KEY = new HeadKeySerializer();

  @Override
  public HeadBlock createInstance() {
    return new HeadBlock(KEY.createInstance(), 0, new float[0], true);
  }

  @Override
  public HeadBlock copy(HeadBlock block) {
    return new HeadBlock(
        block.key(), block.firstPosition(), block.embeddings().clone(), block.ends());
  }

  @Override
  public void serialize(HeadBlock block, DataOutputView target) throws IOException {
    KEY.serialize(block.key(), target);
    target.writeInt(block.firstPosition());
    target.writeBoolean(block.ends());
    FloatCodec.write(block.embeddings(), target);
  }

  @Override
  public HeadBlock deserialize(DataInputView source) throws IOException {
    HeadKey key = KEY.deserialize(source);
    int firstPosition = source.readInt();
    boolean ends = source.readBoolean();
    return new HeadBlock(key, firstPosition, FloatCodec.read(source), ends);
  }

  @Override
  public TypeSerializerSnapshot<HeadBlock> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<HeadBlock> {
    /** For Flink. */
    public Snapshot() {
      super(1, HeadBlockSerializer::new);
    }
  }
}
