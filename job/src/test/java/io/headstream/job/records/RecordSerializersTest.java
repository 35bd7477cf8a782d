package io.headstream.job.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.headstream.job.serialization.FloatCodec;
import io.headstream.job.serialization.RecordSerializer;
import io.headstream.job.serialization.RecordTypeInfo;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What Flink expects of every serializer, and what our own promise beyond that. */
class RecordSerializersTest {

  @Nested
  class OfToken extends SerializerContract<Token> {
    OfToken() {
      super(Token.class, new TokenSerializer());
    }
  }

  @Nested
  class OfReadRecord extends SerializerContract<ReadRecord> {
    OfReadRecord() {
      super(ReadRecord.class, new ReadRecordSerializer());
    }
  }

  @Nested
  class OfDeadLetter extends SerializerContract<DeadLetter> {
    OfDeadLetter() {
      super(DeadLetter.class, new DeadLetterSerializer());
    }
  }

  @Nested
  class OfHeadKey extends SerializerContract<HeadKey> {
    OfHeadKey() {
      super(HeadKey.class, new HeadKeySerializer());
    }
  }

  @Nested
  class OfBlock extends SerializerContract<Block> {
    OfBlock() {
      super(Block.class, new BlockSerializer());
    }
  }

  @Nested
  class OfAttentionMap extends SerializerContract<AttentionMap> {
    OfAttentionMap() {
      super(AttentionMap.class, new AttentionMapSerializer());
    }
  }

  @Nested
  class OfAttentionRow extends SerializerContract<AttentionRow> {
    OfAttentionRow() {
      super(AttentionRow.class, new AttentionRowSerializer());
    }
  }

  /** A serializer without a contract test would be noticed by nobody. */
  @Test
  void everyRecordSerializerKeepsTheContract() {
    JavaClasses classes = new ClassFileImporter().importPackages("io.headstream.job");
    Set<JavaClass> tested = new HashSet<>();
    for (JavaClass test : classes) {
      if (test.isAssignableTo(SerializerTestBase.class)) {
        test.getConstructorCallsFromSelf().forEach(call -> tested.add(call.getTargetOwner()));
      }
    }
    List<JavaClass> serializers =
        classes.get(RecordSerializer.class).getAllSubclasses().stream()
            // One within another reads what an earlier version wrote, and writes nothing.
            .filter(type -> !type.isNestedClass())
            .toList();
    assertThat(serializers).hasSizeGreaterThan(5).isSubsetOf(tested);
  }

  @Test
  void copiesOwnTheirArrays() {
    RandomRecords records = new RandomRecords(1);
    Token token = records.next(Token.class);
    assertThat(new TokenSerializer().copy(token).embedding()).isNotSameAs(token.embedding());
    ReadRecord read = new ReadRecord(token);
    assertThat(((Token) new ReadRecordSerializer().copy(read).content()).embedding())
        .isNotSameAs(token.embedding());
    RawRecord raw = new RawRecord(new byte[3], "a:1", 3);
    ReadRecord text = new ReadRecord(raw);
    assertThat(((RawRecord) new ReadRecordSerializer().copy(text).content()).bytes())
        .isNotSameAs(raw.bytes());
    DeadLetter ofRecord = new DeadLetter(Reason.MALFORMED, "", null, raw);
    assertThat(((RawRecord) new DeadLetterSerializer().copy(ofRecord).record()).bytes())
        .isNotSameAs(raw.bytes());
    DeadLetter ofToken = new DeadLetter(Reason.LATE, "", token);
    assertThat(((Token) new DeadLetterSerializer().copy(ofToken).record()).embedding())
        .isNotSameAs(token.embedding());
    Block block = Block.ofSequence(token.sequenceId(), List.of(token));
    assertThat(new BlockSerializer().copy(block).values()).isNotSameAs(block.values());
    assertThat(new BlockSerializer().copy(block).tokens().get(0).embedding())
        .isNotSameAs(token.embedding());
    AttentionMap map = records.next(AttentionMap.class);
    assertThat(new AttentionMapSerializer().copy(map).keys()).isNotSameAs(map.keys());
    AttentionRow row = records.next(AttentionRow.class);
    assertThat(new AttentionRowSerializer().copy(row).weights()).isNotSameAs(row.weights());
  }

  @Test
  void onlyTheKeyIsImmutable() {
    for (Class<?> type : RandomRecords.TYPES) {
      assertThat(RecordTypeInfo.of(type).serializer().isImmutableType())
          .as(type.getName())
          .isEqualTo(type == HeadKey.class);
    }
  }

  @Test
  void tokenOfAnotherSequenceInABlockIsRefused() {
    Block block = Block.ofSequence("a", List.of(Token.of("b", 0, new float[] {1}, true)));
    assertThatThrownBy(() -> new BlockSerializer().serialize(block, new DataOutputSerializer(16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a token of sequence b is in a block of sequence a");
  }

  @Test
  void unknownReasonIsRefused() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    StringValue.writeString("BAD_LUCK", target);
    assertThatThrownBy(
            () ->
                new DeadLetterSerializer()
                    .deserialize(new DataInputDeserializer(target.getCopyOfBuffer())))
        .isInstanceOf(IOException.class)
        .hasMessage("a dead letter has the reason BAD_LUCK, unknown here");
  }

  @Test
  void unknownContentIsRefused() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    target.writeInt(ReadRecord.NO_ROW);
    target.writeByte(3);
    assertThatThrownBy(
            () ->
                new ReadRecordSerializer()
                    .deserialize(new DataInputDeserializer(target.getCopyOfBuffer())))
        .isInstanceOf(IOException.class)
        .hasMessage("a read record has content 3, unknown here");
  }

  @Test
  void negativeCountOfTokensIsRefused() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    new HeadKeySerializer().serialize(HeadKey.ofSequence("a"), target);
    target.writeInt(0);
    target.writeInt(1);
    target.writeBoolean(true);
    FloatCodec.write(new float[1], target);
    target.writeInt(-3);
    assertThatThrownBy(
            () ->
                new BlockSerializer()
                    .deserialize(new DataInputDeserializer(target.getCopyOfBuffer())))
        .isInstanceOf(IOException.class)
        .hasMessage("a block says that it has -3 tokens");
  }
}
