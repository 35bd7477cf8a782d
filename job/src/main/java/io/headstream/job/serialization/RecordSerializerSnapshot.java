package io.headstream.job.serialization;

import java.util.ArrayList;
import java.util.List;
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
 * second form, its snapshot says so: {@code super(2, Serializer::new, Version1::new)}, where {@code
 * Version1} reads and writes the first form and its snapshot is of version 1.
 *
 * @param <T> the record
 */
public abstract class RecordSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
  /** By version: those of earlier ones, and last that of today. */
  private final List<Supplier<? extends RecordSerializer<T>>> serializers;

  /** The version that the bytes beside this snapshot have. */
  private int version;

  /**
   * A snapshot of what a serializer writes.
   *
   * @param version the version of the form that the serializer writes and reads
   * @param serializer makes the serializer of today
   * @param earlier make those of the versions from 1 on that came before
   */
  @SafeVarargs
  protected RecordSerializerSnapshot(
      int version,
      Supplier<? extends RecordSerializer<T>> serializer,
      Supplier<? extends RecordSerializer<T>>... earlier) {
    this.serializers = new ArrayList<>(List.of(earlier));
    this.serializers.add(serializer);
    this.version = version;
  }

  private int today() {
    return serializers.size();
  }

  /** The version of the bytes that this is the snapshot of. */
  @Override
  public final int getCurrentVersion() {
    return version;
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
    if (version < 1 || version > today()) {
      throw new IllegalStateException(
          "%s has version %d, this release reads version %d and below"
              .formatted(getClass().getName(), version, today()));
    }
    return serializers.get(version - 1).get();
  }

  /** Compatible when both are of the same class, and the other's version is known. */
  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (getClass() != old.getClass()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    int oldVersion = ((RecordSerializerSnapshot<T>) old).version;
    if (oldVersion == version) {
      return TypeSerializerSchemaCompatibility.compatibleAsIs();
    }
    return oldVersion >= 1 && oldVersion < version
        ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
