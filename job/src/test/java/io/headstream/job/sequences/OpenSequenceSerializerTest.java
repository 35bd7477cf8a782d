package io.headstream.job.sequences;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class OpenSequenceSerializerTest extends SerializerTestBase<OpenSequence> {
  private static final OpenSequence STORED =
      new OpenSequence(2, 3, 5, 7, true, 0x0102030405060708L, 9);

  /** Version 1, as savepoints have it; never changes. */
  private static final String BYTES =
      "00000002"
          + "0000000000000003"
          + "00000005"
          + "00000007"
          + "01"
          + "0102030405060708"
          + "0000000000000009";

  @Test
  void readsAndWritesVersionOne() throws Exception {
    DataOutputSerializer target = new DataOutputSerializer(64);
    createSerializer().serialize(STORED, target);
    assertThat(HexFormat.of().formatHex(target.getCopyOfBuffer())).isEqualTo(BYTES);
    assertThat(
            createSerializer()
                .deserialize(new DataInputDeserializer(HexFormat.of().parseHex(BYTES))))
        .isEqualTo(STORED);
  }

  @Override
  protected TypeSerializer<OpenSequence> createSerializer() {
    return new OpenSequenceSerializer();
  }

  @Override
  protected int getLength() {
    return -1;
  }

  @Override
  protected Class<OpenSequence> getTypeClass() {
    return OpenSequence.class;
  }

  @Override
  protected OpenSequence[] getTestData() {
    return new OpenSequence[] {OpenSequence.EMPTY, STORED};
  }
}
