package io.headstream.job.sequences;

import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordSerializerSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Version 1 of a {@link TokenOrder}: its fields in order. */
public final class TokenOrderSerializer extends RecordSerializer<TokenOrder> {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TokenOrder createInstance() {
    return TokenOrder.EMPTY;
  }

  @Override
  public TokenOrder copy(TokenOrder order) {
    return order;
  }

  @Override
  public void serialize(TokenOrder order, DataOutputView target) throws IOException {
    target.writeInt(order.next());
    target.writeInt(order.waiting());
    target.writeInt(order.highest());
    target.writeInt(order.last());
    target.writeLong(order.lastArrival());
    target.writeLong(order.gapTimer());
  }

  @Override
  public TokenOrder deserialize(DataInputView source) throws IOException {
    return new TokenOrder(
        source.readInt(),
        source.readInt(),
        source.readInt(),
        source.readInt(),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<TokenOrder> snapshotConfiguration() {
    return new Snapshot();
  }

  /** See {@link RecordSerializerSnapshot}. */
  public static final class Snapshot extends RecordSerializerSnapshot<TokenOrder> {
    /** For Flink. */
    public Snapshot() {
      super(1, TokenOrderSerializer::new);
    }
  }
}
