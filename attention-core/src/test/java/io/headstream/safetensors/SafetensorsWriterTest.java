package io.headstream.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsWriterTest {
  @TempDir Path folder;

  @Test
  void writesTheseVeryBytes() throws Exception {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter()
        .add("a", TensorType.F32, List.of(1L, 2L), new float[] {1}, new float[] {-2.5f})
        .add("\"\n", TensorType.F16, List.of(1L), new float[] {1})
        .add("cc", TensorType.BF16, List.of(), new float[] {3.140625f})
        .write(file);
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
            + "\"\\\"\\n\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]},"
            + "\"cc\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[10,12]}}";
    int padded = (header.length() + 7) / 8 * 8;
    byte[] data = {
      0, 0, (byte) 0x80, 0x3f, 0, 0, 0x20, (byte) 0xc0, 0, 0x3c, 0x49, 0x40,
    };
    assertThat(padded).isGreaterThan(header.length()).isLessThan(256);
    assertThat(Files.readAllBytes(file))
        .isEqualTo(
            ByteBuffer.allocate(8 + padded + data.length)
                .put((byte) padded)
                .put(new byte[7])
                .put(header.getBytes(StandardCharsets.UTF_8))
                .put(" ".repeat(padded - header.length()).getBytes(StandardCharsets.UTF_8))
                .put(data)
                .array());
  }

  @Test
  void alignsTheDataWhateverTheHeadersLength() throws Exception {
    for (int length = 1; length <= 9; length++) {
      Path file = folder.resolve("w.safetensors");
      new SafetensorsWriter()
          .add("n".repeat(length), TensorType.F32, List.of(1L), new float[] {1})
          .write(file);
      byte[] bytes = Files.readAllBytes(file);
      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong())
          .isEqualTo(bytes.length - 12)
          .matches(headerBytes -> headerBytes % 8 == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F32", "F16", "BF16"})
  void readsBackWhatItWroteInManyPieces(TensorType type) throws Exception {
    long seed = 20_261_123;
    Random random = new Random(seed);
    float[] values = new float[1_200_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(-128, 129); // eight bits: exact in all three
    }
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter()
        .add("before", type, List.of(1L), new float[] {5})
        .add("x", type, List.of((long) values.length), values)
        .write(file);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.readFloats(opened.tensors().get("x"), 0, values.length))
          .as("seed %d", seed)
          .isEqualTo(values);
      assertThat(opened.readFloats(opened.tensors().get("x"), 1_200_000, 1))
          .containsExactly(values[1_200_000]);
    }
  }

  @Test
  void replacesALongerFile() throws Exception {
    Path file = Files.write(folder.resolve("w.safetensors"), new byte[10_000]);
    new SafetensorsWriter().write(file);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.tensors()).isEmpty();
    }
  }

  @Test
  void refusesWhatCannotBeWritten() {
    SafetensorsWriter writer = new SafetensorsWriter();
    float[] one = {1};
    writer.add("x", TensorType.F32, List.of(1L), one);
    assertThatThrownBy(() -> writer.add("x", TensorType.F32, List.of(1L), one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor name x is taken");
    assertThatThrownBy(() -> writer.add("__metadata__", TensorType.F32, List.of(1L), one))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.add("y", TensorType.I8, List.of(1L), one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dtype is I8, expected F32, F16 or BF16");
    assertThatThrownBy(() -> writer.add("y", TensorType.F32, List.of(2L), one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor y has 1 values, shape is [2]");
  }
}
