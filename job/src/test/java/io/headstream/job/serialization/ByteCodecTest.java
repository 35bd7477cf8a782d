package io.headstream.job.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteCodecTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, ByteCodec.TRUSTED_LENGTH, 2 * ByteCodec.TRUSTED_LENGTH + 3})
  void anyBytesSurvive(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    DataOutputSerializer target = new DataOutputSerializer(16);
    ByteCodec.write(bytes, target);
    assertThat(ByteCodec.read(new DataInputDeserializer(target.getCopyOfBuffer())))
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, ByteCodec.TRUSTED_LENGTH + 1, Integer.MAX_VALUE})
  void claimedLengthIsNotTrusted(int claimed) throws IOException {
    DataInputDeserializer source = claims(claimed);
    assertThatThrownBy(() -> ByteCodec.read(source)).isInstanceOf(EOFException.class);
  }

  @Test
  void negativeLengthIsRefused() throws IOException {
    DataInputDeserializer source = claims(-1);
    assertThatThrownBy(() -> ByteCodec.read(source))
        .isInstanceOf(IOException.class)
        .hasMessage("a byte array says that its length is -1");
  }

  private static DataInputDeserializer claims(int length) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    target.writeInt(length);
    target.writeByte(0);
    return new DataInputDeserializer(target.getCopyOfBuffer());
  }
}
