package io.headstream.attention.weights;

import static io.headstream.safetensors.SafetensorsBytes.entry;
import static io.headstream.safetensors.SafetensorsBytes.file;
import static io.headstream.safetensors.SafetensorsBytes.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.safetensors.SafetensorsBytes;
import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TorchWeightsTest {
  @TempDir Path folder;

  @Test
  void readsPackedWeightsWrittenByHand() throws Exception {
    String header =
        "{"
            + entry("l.in_proj_weight", "F32", "[6,2]", 0, 48)
            + ","
            + entry("l.in_proj_bias", "F32", "[6]", 48, 72)
            + ","
            + entry("l.out_proj.weight", "F32", "[2,2]", 72, 88)
            + ","
            + entry("l.out_proj.bias", "F32", "[2]", 88, 96)
            + ","
            + entry("l.steps", "I64", "[]", 96, 104)
            + "}";
    float[] values = new float[26];
    for (int i = 0; i < 24; i++) {
      values[i] = i;
    }
    values[24] = Float.NaN; // half of the other tensor, whose values are not looked at
    Path file = SafetensorsBytes.write(folder, file(header, floats(values)));
    AttentionParameters weights = AttentionParameters.read(file, "l.", 2);
    assertThat(weights.modelDim()).isEqualTo(2);
    assertThat(weights.keyValueHeads()).isEqualTo(2);
    assertThat(weights.queryWeight()).containsExactly(0, 1, 2, 3);
    assertThat(weights.keyWeight()).containsExactly(4, 5, 6, 7);
    assertThat(weights.valueWeight()).containsExactly(8, 9, 10, 11);
    assertThat(weights.queryBias()).containsExactly(12, 13);
    assertThat(weights.keyBias()).containsExactly(14, 15);
    assertThat(weights.valueBias()).containsExactly(16, 17);
    assertThat(weights.outputWeight()).containsExactly(18, 19, 20, 21);
    assertThat(weights.outputBias()).containsExactly(22, 23);
  }

  @Test
  void readsGroupedWeightsWrittenByHand() throws Exception {
    String header =
        "{"
            + entry("k_proj_weight", "F32", "[1,2]", 0, 8)
            + ","
            + entry("v_proj_weight", "F32", "[1,2]", 8, 16)
            + ","
            + entry("q_proj_weight", "F32", "[2,2]", 16, 32)
            + ","
            + entry("in_proj_bias", "F32", "[4]", 32, 48)
            + ","
            + entry("out_proj.weight", "F32", "[2,2]", 48, 64)
            + "}";
    float[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Path file = SafetensorsBytes.write(folder, file(header, floats(values)));
    AttentionParameters weights = AttentionParameters.read(file, "", 2);
    assertThat(weights.keyValueHeads()).isEqualTo(1);
    assertThat(weights.queryWeight()).containsExactly(4, 5, 6, 7);
    assertThat(weights.keyWeight()).containsExactly(0, 1);
    assertThat(weights.valueWeight()).containsExactly(2, 3);
    assertThat(weights.queryBias()).containsExactly(8, 9);
    assertThat(weights.keyBias()).containsExactly(10);
    assertThat(weights.valueBias()).containsExactly(11);
    assertThat(weights.outputWeight()).containsExactly(12, 13, 14, 15);
    assertThat(weights.outputBias()).isNull();
  }

  @Test
  void readsTensorsOfSeveralTypesInAnyOrder() throws Exception {
    float[] square = {1, -2, 0.5f, 4};
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter()
        .add("out_proj.bias", TensorType.BF16, List.of(2L), new float[] {5, 6})
        .add("v_proj_weight", TensorType.F16, List.of(2L, 2L), square)
        .add("in_proj_bias", TensorType.F32, List.of(6L), new float[] {1, 2, 3, 4, 5, 6.1f})
        .add("out_proj.weight", TensorType.F32, List.of(2L, 2L), new float[] {7, 8, 9, 0.1f})
        .add("k_proj_weight", TensorType.BF16, List.of(2L, 2L), square)
        .add("q_proj_weight", TensorType.F16, List.of(2L, 2L), square)
        .write(file);
    AttentionParameters weights = AttentionParameters.read(file, "", 1);
    assertThat(weights.queryWeight()).containsExactly(square);
    assertThat(weights.keyWeight()).containsExactly(square);
    assertThat(weights.valueWeight()).containsExactly(square);
    assertThat(weights.queryBias()).containsExactly(1, 2);
    assertThat(weights.keyBias()).containsExactly(3, 4);
    assertThat(weights.valueBias()).containsExactly(5, 6.1f);
    assertThat(weights.outputWeight()).containsExactly(7, 8, 9, 0.1f);
    assertThat(weights.outputBias()).containsExactly(5, 6);
  }

  /**
   * {@code y = x·Wᵀ + b}; head h owns the h-th rows; query head h uses key/value head h / (H/K).
   */
  @Test
  void headsOwnConsecutiveRowsAndShareKeyValueHeads() throws Exception {
    // One token attends to itself alone, so its answer is W_o·(value heads, each repeated) + b_o.
    float[] keyOrQuery = new float[16];
    float[] value = {
      1, 0, 0, 0, //  value head 0 gives x0
      0, 1, 0, 0, //  value head 1 gives x1
    };
    float[] output = {
      1, 0, 0, 0, // y0 is query head 0
      0, 10, 0, 0, // y1 is 10 times query head 1
      0, 0, 100, 0, // y2 is 100 times query head 2
      0, 1, 0, 1000, // y3 is query head 1 and 1,000 times query head 3
    };
    Path file = folder.resolve("w.safetensors");
    new SafetensorsWriter()
        .add("q_proj_weight", TensorType.F32, List.of(4L, 4L), keyOrQuery)
        .add("k_proj_weight", TensorType.F32, List.of(2L, 4L), new float[8])
        .add("v_proj_weight", TensorType.F32, List.of(2L, 4L), value)
        .add(
            "in_proj_bias",
            TensorType.F32,
            List.of(8L),
            new float[] {9, 9, 9, 9, 9, 9, 0.25f, 0.5f})
        .add("out_proj.weight", TensorType.F32, List.of(4L, 4L), output)
        .add("out_proj.bias", TensorType.F32, List.of(4L), new float[] {0, 0, 0, 7})
        .write(file);
    MultiHeadAttention layer = new MultiHeadAttention(AttentionParameters.read(file, "", 4));
    float[] x = {2, 3, 5, 11};
    float first = 2.25f; // x0 and its bias, of query heads 0 and 1
    float second = 3.5f; // x1 and its bias, of query heads 2 and 3
    assertThat(layer.attend(1, 1, x, AttentionOptions.defaults()))
        .containsExactly(first, 10 * first, 100 * second, first + 1000 * second + 7);
  }

  static Stream<Arguments> roundTrips() {
    List<Arguments> all = new ArrayList<>();
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.BF16)) {
      for (String prefix : List.of("", "encoder.layers.0.self_attn.", "\"é\u2028")) {
        for (int biases = 0; biases < 4; biases++) {
          all.add(Arguments.of(type, WeightsLayout.PACKED, prefix, 6, biases));
          for (int keyValueHeads : new int[] {1, 2, 3, 6}) {
            all.add(Arguments.of(type, WeightsLayout.SEPARATE, prefix, keyValueHeads, biases));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("roundTrips")
  void readsWhatItWrote(
      TensorType type, WeightsLayout layout, String prefix, int keyValueHeads, int biases)
      throws Exception {
    long seed = biases * 31L + keyValueHeads;
    AttentionParameters written =
        new WeightsFixture(seed)
            .weights(24, 6, keyValueHeads, (biases & 1) != 0, (biases & 2) != 0);
    Path file = folder.resolve("w.safetensors");
    written.write(file, prefix, type, layout);
    AttentionParameters read = AttentionParameters.read(file, prefix, 6);
    assertThat(read.keyValueHeads()).isEqualTo(keyValueHeads);
    assertThat(read.queryWeight()).isEqualTo(written.queryWeight());
    assertThat(read.keyWeight()).isEqualTo(written.keyWeight());
    assertThat(read.valueWeight()).isEqualTo(written.valueWeight());
    assertThat(read.outputWeight()).isEqualTo(written.outputWeight());
    assertThat(read.queryBias()).isEqualTo(written.queryBias());
    assertThat(read.keyBias()).isEqualTo(written.keyBias());
    assertThat(read.valueBias()).isEqualTo(written.valueBias());
    assertThat(read.outputBias()).isEqualTo(written.outputBias());
    assertThat(read.digest()).as("seed %d", seed).isEqualTo(written.digest());
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.tensors().values()).allMatch(tensor -> tensor.type() == type);
      assertThat(opened.tensors().containsKey(prefix + "in_proj_weight"))
          .isEqualTo(layout == WeightsLayout.PACKED);
    }
  }

  @Test
  void roundsToNearestWhenItNarrows() throws Exception {
    AttentionParameters weights = AttentionParameters.xavierUniform(32, 4, 2, 1);
    Path file = folder.resolve("w.safetensors");
    weights.write(file, "", TensorType.F16, WeightsLayout.SEPARATE);
    checkNear(AttentionParameters.read(file, "", 4).keyWeight(), weights.keyWeight(), 0x1p-11);
    weights.write(file, "", TensorType.BF16, WeightsLayout.SEPARATE);
    checkNear(AttentionParameters.read(file, "", 4).keyWeight(), weights.keyWeight(), 0x1p-8);
    weights.write(file, "", TensorType.F32, WeightsLayout.SEPARATE);
    assertThat(AttentionParameters.read(file, "", 4).digest()).isEqualTo(weights.digest());
  }

  private static void checkNear(float[] actual, float[] expected, double relative) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] / expected[i] - 1));
    }
    // Something was lost, but never more than half a unit in the last place.
    assertThat(largest).isGreaterThan(relative / 4).isLessThanOrEqualTo(relative * 1.001);
  }

  @Test
  void writesZerosForAnInputBiasThatIsAbsentBesideOthers() throws Exception {
    float[] square = {1, 2, 3, 4};
    Path file = folder.resolve("w.safetensors");
    AttentionParameters.of(
            2, 1, 1, square, square, square, square, null, new float[] {5, 6}, null, null)
        .write(file, "", TensorType.F32, WeightsLayout.PACKED);
    AttentionParameters read = AttentionParameters.read(file, "", 1);
    assertThat(read.queryBias()).containsExactly(0, 0);
    assertThat(read.keyBias()).containsExactly(5, 6);
    assertThat(read.valueBias()).containsExactly(0, 0);
    assertThat(read.outputBias()).isNull();
  }

  @Test
  void doesNotWriteWhatItWouldRefuseToRead() {
    Path file = folder.resolve("w.safetensors");
    float[] square = {1, 2, 3, 4};
    float[] large = {1, 2, 3, 65_520};
    AttentionParameters weights =
        AttentionParameters.of(2, 1, 1, square, large, square, square, null, null, null, null);
    assertThat(
            SafetensorsBytes.refusal(
                file, () -> weights.write(file, "p.", TensorType.F16, WeightsLayout.PACKED)))
        .endsWith(
            "tensor \"p.in_proj_weight\" would have 65520.0 at index 7,"
                + " expected numbers that are finite as F16");
    assertThat(file).doesNotExist();
    AttentionParameters grouped = AttentionParameters.xavierUniform(4, 2, 1, 0);
    assertThatThrownBy(() -> grouped.write(file, "", TensorType.F32, WeightsLayout.PACKED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kv-heads is 1, expected 2 as heads for the packed layout");
    assertThatThrownBy(() -> grouped.write(file, "", TensorType.I8, WeightsLayout.SEPARATE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.exists(file)).isFalse();
  }
}
