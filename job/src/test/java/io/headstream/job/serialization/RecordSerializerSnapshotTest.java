package io.headstream.job.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that got a second form: what was written in the first one is still read. */
class RecordSerializerSnapshotTest {
  private static final Reading WRITTEN_BEFORE = new Reading(17, 0);
  private static final Reading WRITTEN_TODAY = new Reading(17, -4);

  @Test
  void whatVersion1WroteIsReadAndWrittenAnewByVersion2() throws IOException {
    byte[] bytes = bytes(new Version1(), WRITTEN_BEFORE);
    TypeSerializerSnapshot<Reading> old = stored(new Version1());
    TypeSerializerSnapshot<Reading> today = new Version2().snapshotConfiguration();
    assertThat(today.resolveSchemaCompatibility(old).isCompatibleAfterMigration()).isTrue();

    TypeSerializer<Reading> earlier = old.restoreSerializer();
    assertThat(earlier).isEqualTo(new Version1());
    assertThat(read(earlier, bytes)).isEqualTo(WRITTEN_BEFORE);
    // What nobody touches between a restore and the next snapshot is written as it was read.
    assertThat(earlier.snapshotConfiguration().getCurrentVersion()).isEqualTo(1);
    assertThat(stored(earlier).restoreSerializer()).isEqualTo(new Version1());

    byte[] migrated = bytes(new Version2(), WRITTEN_BEFORE);
    assertThat(migrated).isNotEqualTo(bytes);
    assertThat(read(new Version2(), migrated)).isEqualTo(WRITTEN_BEFORE);
  }

  @Test
  void whatVersion2WroteIsReadAsItIs() throws IOException {
    TypeSerializerSnapshot<Reading> stored = stored(new Version2());
    TypeSerializerSnapshot<Reading> today = new Version2().snapshotConfiguration();
    assertThat(today.resolveSchemaCompatibility(stored).isCompatibleAsIs()).isTrue();
    assertThat(stored.restoreSerializer()).isEqualTo(new Version2());
    byte[] bytes = bytes(new Version2(), WRITTEN_TODAY);
    assertThat(read(stored.restoreSerializer(), bytes)).isEqualTo(WRITTEN_TODAY);
  }

  @Test
  void version1DoesNotTakeWhatVersion2Wrote() throws IOException {
    TypeSerializerSnapshot<Reading> before = new Version1().snapshotConfiguration();
    assertThat(before.resolveSchemaCompatibility(stored(new Version2())).isIncompatible()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 3, 1000})
  void anUnknownVersionIsRefused(int version) {
    TypeSerializerSnapshot<Reading> today = new Version2().snapshotConfiguration();
    Snapshot unknown = new Snapshot();
    unknown.readSnapshot(version, new DataInputDeserializer(), getClass().getClassLoader());
    assertThat(today.resolveSchemaCompatibility(unknown).isIncompatible()).isTrue();
    assertThatThrownBy(unknown::restoreSerializer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "%s has version %d, this release reads version 2 and below",
            Snapshot.class.getName(), version);
  }

  /** The serializer's snapshot, written and read as Flink does it in a savepoint. */
  private static TypeSerializerSnapshot<Reading> stored(TypeSerializer<Reading> serializer)
      throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(target, serializer.snapshotConfiguration());
    return TypeSerializerSnapshot.readVersionedSnapshot(
        new DataInputDeserializer(target.getCopyOfBuffer()),
        RecordSerializerSnapshotTest.class.getClassLoader());
  }

  private static byte[] bytes(TypeSerializer<Reading> serializer, Reading reading)
      throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(64);
    serializer.serialize(reading, target);
    return target.getCopyOfBuffer();
  }

  private static Reading read(TypeSerializer<Reading> serializer, byte[] bytes) throws IOException {
    DataInputDeserializer source = new DataInputDeserializer(bytes);
    Reading reading = serializer.deserialize(source);
    assertThat(source.available()).isZero();
    return reading;
  }

  /** The exponent came with the second version; before, it was always 0. */
  private record Reading(int number, int exponent) {}

  /** What both versions share. */
  private abstract static class ReadingSerializer extends RecordSerializer<Reading> {
    private static final long serialVersionUID = 1L;

    @Override
    public Reading createInstance() {
      return new Reading(0, 0);
    }

    @Override
    public Reading copy(Reading reading) {
      return reading;
    }
  }

  /** The number alone. */
  private static final class Version1 extends ReadingSerializer {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Reading reading, DataOutputView target) throws IOException {
      target.writeInt(reading.number());
    }

    @Override
    public Reading deserialize(DataInputView source) throws IOException {
      return new Reading(source.readInt(), 0);
    }

    @Override
    public TypeSerializerSnapshot<Reading> snapshotConfiguration() {
      return new Snapshot(1);
    }
  }

  /** The exponent, then the number. */
  private static final class Version2 extends ReadingSerializer {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Reading reading, DataOutputView target) throws IOException {
      target.writeByte(reading.exponent());
      target.writeInt(reading.number());
    }

    @Override
    public Reading deserialize(DataInputView source) throws IOException {
      int exponent = source.readByte();
      return new Reading(source.readInt(), exponent);
    }

    @Override
    public TypeSerializerSnapshot<Reading> snapshotConfiguration() {
      return new Snapshot();
    }
  }

  /** One class for all versions, since its name is in savepoints. */
  public static final class Snapshot extends RecordSerializerSnapshot<Reading> {
    /** For Flink. */
    public Snapshot() {
      this(2);
    }

    private Snapshot(int version) {
      super(version, Version2::new, Version1::new);
    }
  }
}
