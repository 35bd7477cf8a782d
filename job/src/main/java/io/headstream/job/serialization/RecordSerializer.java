package io.headstream.job.serialization;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What the serializers of all records have in common: no state, and records that are never reused.
 *
 * <p>A record is made anew by each {@link #deserialize(DataInputView) deserialize}, and {@link
 * #copy(Object) copy} is deep: it has arrays of its own. The records themselves ask that nobody
 * changes an array, but Flink's heap state takes its snapshots by copying what is touched while the
 * snapshot runs, and somebody's source may fill the same array again and again; neither should be
 * able to change what was stored. The price is paid between chained operators only where {@code
 * pipeline.object-reuse} is off. A record without arrays says that it is {@linkplain
 * #isImmutableType() immutable} and copies nothing.
 *
 * <p>A subclass is public, has a public constructor without arguments, and a snapshot class of its
 * own; all its instances are equal. Threads: safe, one instance serves all.
 *
 * @param <T> the record
 */
public abstract class RecordSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  /** Not immutable, as far as Flink is concerned: it has arrays, which a copy must not share. */
  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public final RecordSerializer<T> duplicate() {
    return this;
  }

  @Override
  public final T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public final T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public final void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  /** Always -1: records differ in size. */
  @Override
  public final int getLength() {
    return -1;
  }

  @Override
  public final boolean equals(Object other) {
    return other != null && getClass() == other.getClass();
  }

  @Override
  public final int hashCode() {
    return getClass().hashCode();
  }
}
