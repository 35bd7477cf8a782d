package io.headstream.job.cache;

import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link StoredPage}: whether its values are finite, keys, values. */
public final class StoredPageSerializer extends RecordSerializer<StoredPage> {
  private static final long serialVersionUID = 1L;

  /** Nobody changes its arrays, so that a snapshot of the heap need not copy them. */
  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public StoredPage createInstance() {
    return new StoredPage(new float[0], new float[0], true);
  }

  @Override
  public StoredPage copy(StoredPage page) {
    return page;
  }

  @Override
  public void serialize(StoredPage page, DataOutputView target) throws IOException {
    target.writeBoolean(page.valuesFinite());
    FloatCodec.write(page.keys(), target);
    FloatCodec.write(page.values(), target);
  }

  @Override
  public StoredPage deserialize(DataInputView source) throws IOException {
    boolean valuesFinite = source.readBoolean();
    return new StoredPage(FloatCodec.read(source), FloatCodec.read(source), valuesFinite);
  }

  @Override
  public TypeSerializerSnapshot<StoredPage> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<StoredPage> {
    /** For Flink. */
    public Snapshot() {
      super(1, StoredPageSerializer::new);
    }
  }
}
