package io.headstream.job.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatCodecTest {

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        64,
        FloatCodec.PIECE - 1,
        FloatCodec.PIECE,
        FloatCodec.PIECE + 1,
        3 * FloatCodec.PIECE + 7,
        FloatCodec.TRUSTED_LENGTH,
        FloatCodec.TRUSTED_LENGTH + 1,
        2 * FloatCodec.TRUSTED_LENGTH + FloatCodec.PIECE + 1
      })
  void anyBitsSurvive(int length) throws IOException {
    int[] bits = new Random(length).ints(length).toArray();
    assertThat(bits(readBack(floats(bits)))).isEqualTo(bits);
  }

  @Test
  void specialValuesSurvive() throws IOException {
    int[] bits = {
      0,
      0x80000000,
      1,
      0x807fffff,
      0x7f800000,
      0xff800000,
      0x7fc00000,
      0x7fc12345,
      0xffffffff,
      0x7f800001,
      0xff812345
    };
    assertThat(bits(readBack(floats(bits)))).isEqualTo(bits);
  }

  @Test
  void theFormIsLengthThenLittleEndianFloats() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    FloatCodec.write(new float[] {1f, -2.5f}, target);
    assertThat(target.getCopyOfBuffer())
        .containsExactly(0, 0, 0, 2, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0);
  }

  @Test
  void negativeLengthIsRefused() throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    target.writeInt(-7);
    assertThatThrownBy(() -> read(target))
        .isInstanceOf(IOException.class)
        .hasMessage("a float array says that its length is -7");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, FloatCodec.TRUSTED_LENGTH + 1, Integer.MAX_VALUE})
  void claimedLengthIsNotTrusted(int claimed) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    target.writeInt(claimed);
    target.writeInt(0);
    assertThatThrownBy(() -> read(target)).isInstanceOf(EOFException.class);
  }

  @Test
  void threadsDoNotShareTheScratch() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      Callable<Boolean> work =
          () -> {
            int[] bits = new Random().ints(50_000).toArray();
            for (int i = 0; i < 50; i++) {
              assertThat(bits(readBack(floats(bits)))).isEqualTo(bits);
            }
            return true;
          };
      for (var done : executor.invokeAll(Stream.generate(() -> work).limit(4).toList())) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static float[] readBack(float[] values) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(16);
    FloatCodec.write(values, target);
    return read(target);
  }

  private static float[] read(DataOutputSerializer written) throws IOException {
    DataInputDeserializer source = new DataInputDeserializer(written.getCopyOfBuffer());
    float[] values = FloatCodec.read(source);
    assertThat(source.available()).isZero();
    return values;
  }

  private static float[] floats(int[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Float.intBitsToFloat(bits[i]);
    }
    return values;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
