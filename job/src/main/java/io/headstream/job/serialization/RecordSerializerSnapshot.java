package io.headstream.job.serialization;

import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The form in which a record was written into a savepoint: its version, which Flink writes beside
 * the name of this class, and nothing else.
 *
 * <p>The names of the subclasses are in savepoints, so they never change. When a record gets a
 * second form, its snapshot says {@code super(2, ...)}, and {@link #restoreSerializer} and {@link
 * #resolveSchemaCompatibility} learn to answer for version 1 with a serializer that reads it and
 * with {@code compatibleAfterMigration()}.
 *
 * @param <T> the record
 */
public abstract class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
  private final int currentVersion;
  private final Supplier<? extends RecordSerializer<T>> serializer;

  /** The version that the bytes beside this snapshot have. */
  private int version;

  /**
   * A snapshot of what the serializer writes today.
   *
   * @param currentVersion the version of the form that the serializer writes and reads
   * @param serializer makes the serializer
   */
  protected RecordSerializerSnapshot(
      int currentVersion, Supplier<? extends RecordSerializer<T>> serializer) {
    this.currentVersion = currentVersion;
    this.serializer = serializer;
    this.version = currentVersion;
  }

  @Override
  public final int getCurrentVersion() {
    return currentVersion;
  }

  @Override
  public final void writeSnapshot(DataOutputView target) {
    // The version says it all.
  }

  /**
   * Accepts every version, so that an unknown one is refused where Flink says which state it is.
   */
  @Override
  public final void readSnapshot(int readVersion, DataInputView source, ClassLoader loader) {
    version = readVersion;
  }

  /**
   * A serializer that reads the version of this snapshot.
   *
   * @throws IllegalStateException when this release does not know the version
   */
  @Override
  public final TypeSerializer<T> restoreSerializer() {
    if (version != currentVersion) {
      throw new IllegalStateException(
          "%s has version %d, this release reads version %d"
              .formatted(getClass().getName(), version, currentVersion));
    }
    return serializer.get();
  }

  /** Compatible when both are of the same class and version. */
  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    boolean same =
        getClass() == old.getClass() && version == ((RecordSerializerSnapshot<T>) old).version;
    return same
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
