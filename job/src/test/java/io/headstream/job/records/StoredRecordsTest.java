package io.headstream.job.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.serialization.RecordTypeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What earlier releases stored can be read. A folder of resources has, for each record and version
 * that was ever released, the snapshot as Flink writes it and the record below in that version.
 *
 * <p>The files are never written again. A new version adds its own: run {@link #main} with the
 * folder.
 */
class StoredRecordsTest {
  private static final Path FOLDER = Path.of("src/test/resources/serialization");

  /** What was stored; fixed for ever, since the files are. */
  private static final List<Object> STORED =
      List.of(
          new Token("sequence \uD800 é", 17, bits(), "label \uDC00", -1L << 40, true, "a.jsonl:1"),
          new ReadRecord(new RawRecord(new byte[] {0, -1, 127}, "stdin:3", 1L << 33, 3)),
          new DeadLetter(
              Reason.CONFLICT, "detail", new Token("d", 7, bits(), null, 3L, false, "topic:0:5")),
          new HeadKey("k".repeat(1024), 7, -123456789),
          new Block(
              new HeadKey("b", 1, 42),
              70,
              2,
              bits(),
              true,
              List.of(
                  new Token("b", 70, bits(), "label", null, false, "c.jsonl:3"),
                  new Token("b", 71, new float[] {-1}, null, -5L, true, ""))),
          new AttentionMap(
              "m", 3, Arrays.asList(null, "\uD800"), 5, Integer.MAX_VALUE, 0, 2, bits(), bits()),
          new AttentionRow("w", 11, 70, 3, 69, bits()));

  static Stream<Path> snapshots() throws IOException {
    return Files.list(FOLDER).filter(file -> file.toString().endsWith(".snapshot")).sorted();
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void storedRecordIsRead(Path snapshotFile) throws IOException {
    String name = snapshotFile.getFileName().toString();
    Object expected = stored(name.replace(".snapshot", ""));
    TypeSerializerSnapshot<Object> old = snapshot(Files.readAllBytes(snapshotFile));
    TypeSerializerSnapshot<Object> today = serializer(expected).snapshotConfiguration();

    assertThat(today.resolveSchemaCompatibility(old).isIncompatible()).isFalse();
    byte[] data =
        Files.readAllBytes(snapshotFile.resolveSibling(name.replace(".snapshot", ".bin")));
    DataInputDeserializer source = new DataInputDeserializer(data);
    TypeSerializer<Object> serializer = old.restoreSerializer();
    Object read = serializer.deserialize(source);
    assertThat(SameBits.same(read, expected)).as("%s read from %s", read, name).isTrue();
    assertThat(source.available()).isZero();
    // State that nobody touches between a restore and the next snapshot is written as it was read.
    assertThat(bytes(serializer, read)).isEqualTo(data);
    assertThat(snapshotBytes(serializer)).isEqualTo(Files.readAllBytes(snapshotFile));
  }

  @ParameterizedTest
  @FieldSource("STORED")
  void whatIsWrittenTodayIsStored(Object value) throws IOException {
    assertThat(bytes(value)).isEqualTo(Files.readAllBytes(file(value, ".bin")));
    assertThat(snapshotBytes(value)).isEqualTo(Files.readAllBytes(file(value, ".snapshot")));
  }

  @Test
  void everyTypeIsStored() {
    assertThat(STORED.stream().<Class<?>>map(Object::getClass).toList())
        .isEqualTo(RandomRecords.TYPES);
  }

  @ParameterizedTest
  @FieldSource("STORED")
  void snapshotSurvivesAsItIs(Object value) throws IOException {
    TypeSerializerSnapshot<Object> today = serializer(value).snapshotConfiguration();
    TypeSerializerSnapshot<Object> read = snapshot(snapshotBytes(value));
    assertThat(today.resolveSchemaCompatibility(read).isCompatibleAsIs()).isTrue();
    assertThat(read.restoreSerializer()).isEqualTo(serializer(value));
  }

  @ParameterizedTest
  @FieldSource("STORED")
  void unknownVersionIsIncompatible(Object value) throws IOException {
    TypeSerializerSnapshot<Object> today = serializer(value).snapshotConfiguration();
    TypeSerializerSnapshot<Object> newer = serializer(value).snapshotConfiguration();
    int version = today.getCurrentVersion() + 1;
    newer.readSnapshot(
        version, new DataInputDeserializer(new byte[0]), getClass().getClassLoader());
    assertThat(today.resolveSchemaCompatibility(newer).isIncompatible()).isTrue();
    assertThatThrownBy(newer::restoreSerializer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has version %d, this release reads version", version);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // Another record's snapshot, on purpose.
  void snapshotOfAnotherRecordIsIncompatible() {
    TypeSerializerSnapshot token = new TokenSerializer().snapshotConfiguration();
    TypeSerializerSnapshot block = new BlockSerializer().snapshotConfiguration();
    assertThat(token.resolveSchemaCompatibility(block).isIncompatible()).isTrue();
  }

  /** Writes what is stored today into the folder, but never over a file. */
  public static void main(String[] folder) throws IOException {
    for (Object value : STORED) {
      write(Path.of(folder[0], file(value, ".bin").getFileName().toString()), bytes(value));
      write(
          Path.of(folder[0], file(value, ".snapshot").getFileName().toString()),
          snapshotBytes(value));
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, bytes);
    }
  }

  /** What is in the file of a type and version. */
  private static Object stored(String name) {
    String type = name.substring(0, name.indexOf("-v"));
    return STORED.stream()
        .filter(value -> value.getClass().getSimpleName().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static Path file(Object value, String ending) {
    int version = serializer(value).snapshotConfiguration().getCurrentVersion();
    return FOLDER.resolve(value.getClass().getSimpleName() + "-v" + version + ending);
  }

  private static byte[] bytes(Object value) throws IOException {
    return bytes(serializer(value), value);
  }

  private static byte[] bytes(TypeSerializer<Object> serializer, Object value) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(64);
    serializer.serialize(value, target);
    return target.getCopyOfBuffer();
  }

  private static byte[] snapshotBytes(Object value) throws IOException {
    return snapshotBytes(serializer(value));
  }

  private static byte[] snapshotBytes(TypeSerializer<Object> serializer) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(target, serializer.snapshotConfiguration());
    return target.getCopyOfBuffer();
  }

  private static TypeSerializerSnapshot<Object> snapshot(byte[] bytes) throws IOException {
    return TypeSerializerSnapshot.readVersionedSnapshot(
        new DataInputDeserializer(bytes), StoredRecordsTest.class.getClassLoader());
  }

  @SuppressWarnings("unchecked") // The serializer of the value's own class.
  private static TypeSerializer<Object> serializer(Object value) {
    return (TypeSerializer<Object>)
        (TypeSerializer<?>) RecordTypeInfo.of(value.getClass()).serializer();
  }

  /** Floats at the edges, and a NaN with a payload. */
  private static float[] bits() {
    return new float[] {
      1.5f, -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7fc12345)
    };
  }
}
