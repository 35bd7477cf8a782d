package io.headstream.safetensors;

import static io.headstream.safetensors.SafetensorsBytes.entry;
import static io.headstream.safetensors.SafetensorsBytes.file;
import static io.headstream.safetensors.SafetensorsBytes.floats;
import static io.headstream.safetensors.SafetensorsBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void readsAFileWrittenByHandByteByByte() throws Exception {
    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"data_offsets\":[8,12],\"dtype\":\"F16\",\"shape\":[1,2]},"
            + "\"c\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[12,14]}}  ";
    byte[] bytes = {
      (byte) header.length(), 0, 0, 0, 0, 0, 0, 0, // below 256, as asserted
    };
    assertThat(header.length()).isLessThan(256);
    byte[] data = {
      0,
      0,
      (byte) 0x80,
      0x3f, // 1.0f is 0x3f800000
      0,
      0,
      0x20,
      (byte) 0xc0, // -2.5f is 0xc0200000
      0,
      0x3c, // 1.0 as F16 is 0x3c00
      (byte) 0xff,
      0x7b, // 65504 as F16 is 0x7bff
      0x49,
      0x40, // 3.140625 as BF16 is 0x4049
    };
    Path file =
        write(
            folder,
            ByteBuffer.allocate(8 + header.length() + data.length)
                .put(bytes)
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array());

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.tensors()).containsOnlyKeys("a", "b", "c");
      TensorInfo b = opened.tensors().get("b");
      assertThat(b).isEqualTo(new TensorInfo("b", TensorType.F16, List.of(1L, 2L), 8, 12));
      assertThat(read(opened, "a")).containsExactly(1.0f, -2.5f);
      assertThat(read(opened, "b")).containsExactly(1.0f, 65504f);
      assertThat(read(opened, "c")).containsExactly(3.140625f);
      assertThat(opened.readFloats(b, 1, 1)).containsExactly(65504f);
      assertThat(opened.readFloats(b, 2, 0)).isEmpty();
      assertThatThrownBy(() -> opened.readFloats(b, 1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void readsAFileWithoutTensorsAndOneWithEmptyTensors() throws Exception {
    try (SafetensorsFile opened = SafetensorsFile.open(write(folder, file("{}", new byte[0])))) {
      assertThat(opened.tensors()).isEmpty();
    }
    String header =
        "{" + entry("x", "F32", "[1]", 0, 4) + "," + entry("y", "F32", "[3,0]", 0, 0) + "}";
    try (SafetensorsFile opened = SafetensorsFile.open(write(folder, file(header, floats(7))))) {
      assertThat(read(opened, "x")).containsExactly(7f);
      assertThat(read(opened, "y")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void knowsTheSizeOfEveryType(TensorType type) throws Exception {
    // Eight elements take as many bytes as one takes bits.
    String header = "{" + entry("other", type.name(), "[2,4]", 0, type.bits()) + "}";
    Path file = write(folder, file(header, new byte[type.bits()]));
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      TensorInfo tensor = opened.tensors().get("other");
      assertThat(tensor.type()).isEqualTo(type);
      if (type.isFloat32Convertible()) {
        assertThat(read(opened, "other")).containsOnly(0f).hasSize(8);
      } else {
        assertThat(SafetensorsBytes.refusal(file, () -> opened.readFloats(tensor, 0, 8)))
            .endsWith("tensor \"other\" has dtype " + type + ", expected F32, F16 or BF16");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F32", "F16", "BF16"})
  void refusesValuesThatAreNotFinite(TensorType type) throws Exception {
    int count = 600_000; // more than one piece of 1 MiB
    int size = type.bits() / 8;
    String header =
        "{"
            + entry("first", "F32", "[1]", 0, 4)
            + ","
            + entry("x", type.name(), "[" + count + "]", 4, 4 + (long) count * size)
            + "}";
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int index : new int[] {0, 17, count - 1}) {
        ByteBuffer data =
            ByteBuffer.allocate(4 + count * size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0, Float.NaN);
        int bits = Float.floatToIntBits(bad);
        switch (type) {
          case F32 -> data.putInt(4 + index * 4, bits);
          case BF16 -> data.putShort(4 + index * 2, (short) (bits >>> 16));
          default ->
              data.putShort(
                  4 + index * 2, (short) (Float.isNaN(bad) ? 0x7e00 : bad > 0 ? 0x7c00 : 0xfc00));
        }
        Path file = write(folder, file(header, data.array()));
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
          assertThat(SafetensorsBytes.refusal(file, () -> read(opened, "x")))
              .endsWith(
                  "tensor \"x\" has " + bad + " at index " + index + ", expected finite numbers");
        }
      }
    }
  }

  @Test
  void countsIndicesFromTheTensorsStart() throws Exception {
    String header = "{" + entry("x", "F32", "[3]", 0, 12) + "}";
    Path file = write(folder, file(header, floats(1, 2, Float.NaN)));
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      TensorInfo tensor = opened.tensors().get("x");
      assertThat(opened.readFloats(tensor, 0, 2)).containsExactly(1, 2);
      assertThat(SafetensorsBytes.refusal(file, () -> opened.readFloats(tensor, 1, 2)))
          .contains("at index 2,");
    }
  }

  @Test
  void refusesAFileThatBecomesShorterWhileItIsRead() throws Exception {
    String header = "{" + entry("x", "F32", "[3]", 0, 12) + "}";
    Path file = write(folder, file(header, floats(1, 2, 3)));
    try (SafetensorsFile opened = SafetensorsFile.open(file);
        RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
      other.setLength(other.length() - 1);
      assertThat(SafetensorsBytes.refusal(file, () -> read(opened, "x")))
          .endsWith("tensor \"x\" became shorter while it was read");
    }
  }

  @Test
  void closesTheFile() throws Exception {
    Path file = write(folder, file("{" + entry("x", "F32", "[1]", 0, 4) + "}", floats(1)));
    SafetensorsFile opened = SafetensorsFile.open(file);
    opened.close();
    assertThatThrownBy(() -> read(opened, "x")).isInstanceOf(ClosedChannelException.class);
  }

  /** Linux tells which files a process has open. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void closesAFileThatItRefuses() throws Exception {
    Path file = write(folder, file("{}", new byte[1]));
    SafetensorsBytes.refusal(file, () -> SafetensorsFile.open(file));
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.filter(Files::exists).map(Path::toFile).map(SafetensorsFileTest::target))
          .doesNotContain(file.toRealPath().toString());
    }
  }

  private static String target(File link) {
    try {
      return link.getCanonicalPath();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  @Test
  void refusesWhatIsNotAFile() throws Exception {
    Path missing = folder.resolve("missing");
    assertThat(SafetensorsBytes.refusal(missing, () -> SafetensorsFile.open(missing)))
        .isEqualTo(missing + ": no such file");
    assertThat(SafetensorsBytes.refusal(folder, () -> SafetensorsFile.open(folder)))
        .contains("is a folder or device, expected a file");
    Path through = Files.createFile(folder.resolve("plain")).resolve("x");
    assertThat(SafetensorsBytes.refusal(through, () -> SafetensorsFile.open(through)))
        .contains("cannot be opened");
  }

  private static float[] read(SafetensorsFile file, String name) throws Exception {
    TensorInfo tensor = file.tensors().get(name);
    return file.readFloats(tensor, 0, Math.toIntExact(tensor.elements()));
  }
}
