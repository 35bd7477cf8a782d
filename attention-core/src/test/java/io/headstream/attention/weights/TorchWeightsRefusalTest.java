package io.headstream.attention.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headstream.safetensors.SafetensorsBytes;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are sound but do not hold one layer's weights. */
class TorchWeightsRefusalTest {
  private static final int HEADS = 4;

  @TempDir Path folder;

  /** A sound layer of model dimension 8 and 4 heads, and what is changed in it. */
  private static Map<String, List<Long>> packed() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("p.in_proj_weight", List.of(24L, 8L));
    shapes.put("p.in_proj_bias", List.of(24L));
    shapes.put("p.out_proj.weight", List.of(8L, 8L));
    shapes.put("p.out_proj.bias", List.of(8L));
    return shapes;
  }

  private static Map<String, List<Long>> separate() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("p.q_proj_weight", List.of(8L, 8L));
    shapes.put("p.k_proj_weight", List.of(4L, 8L));
    shapes.put("p.v_proj_weight", List.of(4L, 8L));
    shapes.put("p.in_proj_bias", List.of(16L));
    shapes.put("p.out_proj.weight", List.of(8L, 8L));
    shapes.put("p.out_proj.bias", List.of(8L));
    return shapes;
  }

  static Stream<Arguments> otherShapes() {
    return Stream.of(
        arguments(true, "in_proj_weight", List.of(23L, 8L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(25L, 8L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(24L, 7L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(192L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(3L, 8L, 8L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(0L, 0L), "expected [3E, E] with"),
        arguments(true, "in_proj_weight", List.of(18L, 6L), "a model-dim that 4 heads divide"),
        arguments(true, "in_proj_bias", List.of(8L), "expected [24]"),
        arguments(true, "in_proj_bias", List.of(24L, 1L), "expected [24]"),
        arguments(true, "in_proj_bias", List.of(), "expected [24]"),
        arguments(true, "out_proj.weight", List.of(8L, 4L), "expected [8, 8]"),
        arguments(true, "out_proj.weight", List.of(64L), "expected [8, 8]"),
        arguments(true, "out_proj.bias", List.of(7L), "expected [8]"),
        arguments(false, "q_proj_weight", List.of(8L, 4L), "expected [E, E] with"),
        arguments(false, "q_proj_weight", List.of(64L), "expected [E, E] with"),
        arguments(false, "q_proj_weight", List.of(6L, 6L), "a model-dim that 4 heads divide"),
        arguments(false, "k_proj_weight", List.of(5L, 8L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "k_proj_weight", List.of(6L, 8L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "k_proj_weight", List.of(16L, 8L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "k_proj_weight", List.of(0L, 8L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "k_proj_weight", List.of(4L, 7L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "k_proj_weight", List.of(32L), "expected [K * 2, 8] with K a divisor"),
        arguments(false, "v_proj_weight", List.of(2L, 8L), "expected [4, 8]"),
        arguments(false, "v_proj_weight", List.of(8L, 8L), "expected [4, 8]"),
        arguments(false, "v_proj_weight", List.of(4L, 9L), "expected [4, 8]"),
        arguments(false, "in_proj_bias", List.of(24L), "expected [16]"),
        arguments(false, "out_proj.weight", List.of(4L, 8L), "expected [8, 8]"),
        arguments(false, "out_proj.bias", List.of(9L), "expected [8]"));
  }

  @ParameterizedTest
  @MethodSource("otherShapes")
  void refusesAnotherShape(boolean packed, String tensor, List<Long> shape, String expected)
      throws Exception {
    Map<String, List<Long>> shapes = packed ? packed() : separate();
    shapes.put("p." + tensor, shape);
    assertThat(refusal(shapes))
        .contains("tensor \"p." + tensor + "\" has shape " + shape + ", expected ")
        .contains(expected);
  }

  @Test
  void readsBothAsTheyAre() throws Exception {
    assertThat(AttentionParameters.read(write(packed()), "p.", HEADS).keyValueHeads()).isEqualTo(4);
    assertThat(AttentionParameters.read(write(separate()), "p.", HEADS).keyValueHeads())
        .isEqualTo(2);
    for (String bias : List.of("p.in_proj_bias", "p.out_proj.bias")) {
      Map<String, List<Long>> shapes = packed();
      shapes.remove(bias);
      AttentionParameters weights = AttentionParameters.read(write(shapes), "p.", HEADS);
      assertThat(weights.queryBias() == null).isEqualTo(bias.equals("p.in_proj_bias"));
      assertThat(weights.outputBias() == null).isEqualTo(bias.equals("p.out_proj.bias"));
    }
  }

  @Test
  void refusesWhatIsMissing() throws Exception {
    for (String name : List.of("p.k_proj_weight", "p.v_proj_weight", "p.out_proj.weight")) {
      Map<String, List<Long>> shapes = separate();
      shapes.remove(name);
      assertThat(refusal(shapes))
          .contains("tensor \"" + name + "\" is missing; the file has \"p.q_proj_weight\", ");
    }
    Map<String, List<Long>> shapes = separate();
    shapes.remove("p.q_proj_weight");
    assertThat(refusal(shapes))
        .contains("tensor \"p.in_proj_weight\" or \"p.q_proj_weight\" is missing; the file has");
    assertThat(refusal(Map.of())).endsWith("is missing; the file has no tensors");
    Map<String, List<Long>> others = new LinkedHashMap<>();
    for (int i = 0; i < 11; i++) {
      others.put("t" + i, List.of());
    }
    assertThat(refusal(others))
        .endsWith(
            "the file has \"t0\", \"t1\", \"t2\", \"t3\", \"t4\", \"t5\", \"t6\", \"t7\" and 3 more");
    others.keySet().removeAll(List.of("t8", "t9", "t10"));
    assertThat(refusal(others)).endsWith("\"t6\", \"t7\"");
    Path file = write(packed());
    assertThat(SafetensorsBytes.refusal(file, () -> AttentionParameters.read(file, "q.", HEADS)))
        .contains("tensor \"q.in_proj_weight\" or \"q.q_proj_weight\" is missing");
  }

  @Test
  void refusesBothLayoutsAtOnce() throws Exception {
    for (String name : List.of("p.q_proj_weight", "p.k_proj_weight", "p.v_proj_weight")) {
      Map<String, List<Long>> shapes = packed();
      shapes.put(name, List.of(8L, 8L));
      assertThat(refusal(shapes))
          .endsWith(
              "tensor \"p.in_proj_weight\" and tensor \""
                  + name
                  + "\" are both there, expected one");
    }
  }

  @Test
  void refusesExtraKeysAndValuesUnderThePrefixOnly() throws Exception {
    for (String name : List.of("bias_k", "bias_v")) {
      Map<String, List<Long>> shapes = packed();
      shapes.put(name, List.of(1L, 1L, 8L));
      AttentionParameters.read(write(shapes), "p.", HEADS);
      shapes.put("p." + name, List.of(1L, 1L, 8L));
      assertThat(refusal(shapes)).contains("tensor \"p." + name + "\" is there, expected none");
    }
  }

  @Test
  void refusesNotFiniteValuesInEveryTensorOfTheLayer() throws Exception {
    for (Map<String, List<Long>> shapes : List.of(packed(), separate())) {
      for (String bad : shapes.keySet()) {
        Path file = write(shapes, bad);
        assertThat(
                SafetensorsBytes.refusal(file, () -> AttentionParameters.read(file, "p.", HEADS)))
            .contains("tensor \"" + bad + "\" has NaN at index ");
      }
    }
  }

  @Test
  void refusesAnotherTypeInEveryTensorOfTheLayer() throws Exception {
    for (Map<String, List<Long>> shapes : List.of(packed(), separate())) {
      for (String bad : shapes.keySet()) {
        for (TensorType type : List.of(TensorType.F64, TensorType.I32, TensorType.F8_E4M3)) {
          Path file = writeBytes(shapes, bad, type);
          assertThat(
                  SafetensorsBytes.refusal(file, () -> AttentionParameters.read(file, "p.", HEADS)))
              .endsWith("tensor \"" + bad + "\" has dtype " + type + ", expected F32, F16 or BF16");
        }
      }
    }
  }

  /** Zeros, all of F32 but one. */
  private Path writeBytes(Map<String, List<Long>> shapes, String other, TensorType type) {
    StringBuilder header = new StringBuilder("{");
    long end = 0;
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      TensorType itsType = tensor.getKey().equals(other) ? type : TensorType.F32;
      long count = tensor.getValue().stream().reduce(1L, (a, b) -> a * b);
      long begin = end;
      end += count * itsType.bits() / 8;
      header
          .append(header.length() == 1 ? "" : ",")
          .append(
              SafetensorsBytes.entry(
                  tensor.getKey(), itsType.name(), tensor.getValue().toString(), begin, end));
    }
    return SafetensorsBytes.write(
        folder, SafetensorsBytes.file(header.append("}").toString(), new byte[(int) end]));
  }

  @Test
  void leavesOtherTensorsAlone() throws Exception {
    Map<String, List<Long>> shapes = packed();
    shapes.put("in_proj_weight", List.of(3L));
    shapes.put("p.norm.weight", List.of(8L));
    AttentionParameters.read(write(shapes, "p.norm.weight"), "p.", HEADS);
  }

  @Test
  void readsTheSmallestLayer() throws Exception {
    Path file = folder.resolve("w.safetensors");
    AttentionParameters weights = AttentionParameters.xavierUniform(1, 1, 1, 4);
    for (WeightsLayout layout : WeightsLayout.values()) {
      weights.write(file, "", TensorType.F32, layout);
      assertThat(AttentionParameters.read(file, "", 1).digest()).isEqualTo(weights.digest());
    }
  }

  @Test
  void needsAHead() throws Exception {
    Path file = write(packed());
    assertThatThrownBy(() -> AttentionParameters.read(file, "p.", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("heads is 0, expected at least 1");
  }

  private String refusal(Map<String, List<Long>> shapes) throws Exception {
    Path file = write(shapes);
    return SafetensorsBytes.refusal(file, () -> AttentionParameters.read(file, "p.", HEADS));
  }

  private Path write(Map<String, List<Long>> shapes) throws Exception {
    return write(shapes, "none of them");
  }

  private Path write(Map<String, List<Long>> shapes, String bad) throws Exception {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      long count = tensor.getValue().stream().reduce(1L, (a, b) -> a * b);
      float[] values = new float[(int) count];
      if (tensor.getKey().equals(bad)) {
        values[values.length - 1] = Float.NaN;
      }
      writer.add(tensor.getKey(), TensorType.F32, tensor.getValue(), values);
    }
    Path file = folder.resolve("w.safetensors");
    writer.write(file);
    return file;
  }
}
