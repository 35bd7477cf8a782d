package io.headstream.job.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.serialization.RecordTypeInfo;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.List;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What Flink expects of every serializer, and what our own promise beyond that. */
class RecordSerializersTest {

  @Nested
  class OfToken extends Contract<Token> {
    OfToken() {
      super(Token.class, new TokenSerializer());
    }
  }

  @Nested
  class OfRawRecord extends Contract<RawRecord> {
    OfRawRecord() {
      super(RawRecord.class, new RawRecordSerializer());
    }
  }

  @Nested
  class OfDeadLetter extends Contract<DeadLetter> {
    OfDeadLetter() {
      super(DeadLetter.class, new DeadLetterSerializer());
    }
  }

  @Nested
  class OfSequenceChunk extends Contract<SequenceChunk> {
    OfSequenceChunk() {
      super(SequenceChunk.class, new SequenceChunkSerializer());
    }
  }

  @Nested
  class OfHeadKey extends Contract<HeadKey> {
    OfHeadKey() {
      super(HeadKey.class, new HeadKeySerializer());
    }
  }

  @Nested
  class OfHeadTask extends Contract<HeadTask> {
    OfHeadTask() {
      super(HeadTask.class, new HeadTaskSerializer());
    }
  }

  @Nested
  class OfHeadResult extends Contract<HeadResult> {
    OfHeadResult() {
      super(HeadResult.class, new HeadResultSerializer());
    }
  }

  @Nested
  class OfAttentionMap extends Contract<AttentionMap> {
    OfAttentionMap() {
      super(AttentionMap.class, new AttentionMapSerializer());
    }
  }

  @Nested
  class OfAttentionRow extends Contract<AttentionRow> {
    OfAttentionRow() {
      super(AttentionRow.class, new AttentionRowSerializer());
    }
  }

  @Test
  void copiesOwnTheirArrays() {
    RandomRecords records = new RandomRecords(1);
    Token token = records.next(Token.class);
    assertThat(new TokenSerializer().copy(token).embedding()).isNotSameAs(token.embedding());
    RawRecord raw = records.next(RawRecord.class);
    assertThat(new RawRecordSerializer().copy(raw).bytes()).isNotSameAs(raw.bytes());
    DeadLetter ofRecord = new DeadLetter(Reason.MALFORMED, "", null, raw);
    assertThat(((RawRecord) new DeadLetterSerializer().copy(ofRecord).record()).bytes())
        .isNotSameAs(raw.bytes());
    DeadLetter ofToken = new DeadLetter(Reason.LATE, "", token);
    assertThat(((Token) new DeadLetterSerializer().copy(ofToken).record()).embedding())
        .isNotSameAs(token.embedding());
    SequenceChunk chunk = records.next(SequenceChunk.class);
    assertThat(new SequenceChunkSerializer().copy(chunk).tokens().get(0).embedding())
        .isNotSameAs(chunk.tokens().get(0).embedding());
    HeadTask task = records.next(HeadTask.class);
    assertThat(new HeadTaskSerializer().copy(task).embeddings()).isNotSameAs(task.embeddings());
    HeadResult result = records.next(HeadResult.class);
    assertThat(new HeadResultSerializer().copy(result).columns()).isNotSameAs(result.columns());
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
  void tokenOfAnotherSequenceInAChunkIsRefused() {
    SequenceChunk chunk =
        new SequenceChunk("a", 1, List.of(Token.of("b", 0, new float[] {1}, true)));
    assertThatThrownBy(
            () -> new SequenceChunkSerializer().serialize(chunk, new DataOutputSerializer(16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a token of sequence b is in a chunk of sequence a");
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
  void negativeCountOfTokensIsRefused() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    StringValue.writeString("a", target);
    target.writeInt(1);
    target.writeInt(-3);
    assertThatThrownBy(
            () ->
                new SequenceChunkSerializer()
                    .deserialize(new DataInputDeserializer(target.getCopyOfBuffer())))
        .isInstanceOf(IOException.class)
        .hasMessage("a chunk says that it has -3 tokens");
  }

  /** Flink's own tests, over random records whose seed is their index. */
  abstract static class Contract<T> extends SerializerTestBase<T> {
    private final Class<T> type;
    private final TypeSerializer<T> serializer;

    Contract(Class<T> type, TypeSerializer<T> serializer) {
      super(
          new DeeplyEqualsChecker()
              .withCustomCheck(
                  (a, b) -> type.isInstance(a), (a, b, checker) -> SameBits.same(a, b)));
      this.type = type;
      this.serializer = serializer;
    }

    @Override
    protected TypeSerializer<T> createSerializer() {
      return serializer;
    }

    @Override
    protected int getLength() {
      return -1;
    }

    @Override
    protected Class<T> getTypeClass() {
      return type;
    }

    @Override
    @SuppressWarnings("unchecked") // Array.newInstance makes an array of the type.
    protected T[] getTestData() {
      T[] data = (T[]) Array.newInstance(type, 40);
      for (int seed = 0; seed < data.length; seed++) {
        data[seed] = new RandomRecords(seed).next(type);
      }
      return data;
    }
  }
}
