package io.headstream.job.cache;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link StoredRow}: keys, values. */
public final class StoredRowSerializer extends RecordSerializer<StoredRow> {
  private static final long serialVersionUID = 1L;

  /** Nobody changes its arrays, so that a snapshot of the heap need not copy them. */
  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public StoredRow createInstance() {
    return new StoredRow(new float[0], new float[0]);
  }

  @Override
  public StoredRow copy(StoredRow row) {
    return row;
  }

  @Override
  public void serialize(StoredRow row, DataOutputView target) throws IOException {
    FloatCodec.write(row.keys(), target);
    FloatCodec.write(row.values(), target);
  }

  @Override
  public StoredRow deserialize(DataInputView source) throws IOException {
    return new StoredRow(FloatCodec.read(source), FloatCodec.read(source));
  }

  @Override
  public TypeSerializerSnapshot<StoredRow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<StoredRow> {
    /** For Flink. */
    public Snapshot() {
      super(1, StoredRowSerializer::new);
    }
  }
}
