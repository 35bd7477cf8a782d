package io.headstream.transformer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.TensorInfo;
import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderTensorsTest {
  private static final Path FILE = Path.of("model.onnx");
  private static final String QUERY = "/encoder/layer.0/attention/self/query/MatMul";

  @TempDir Path folder;

  @Test
  void linearWeightsGetTheirNamesAndTheirLayoutBack() throws IOException {
    byte[] bytes = OnnxBytes.model(ordinary());
    Path file = folder.resolve("model.safetensors");
    new EncoderTensors(FILE, bytes).collect().write(file);
    try (SafetensorsFile written = SafetensorsFile.open(file)) {
      assertThat(written.tensors().keySet())
          .containsExactlyInAnyOrder(
              "embeddings.LayerNorm.bias", "encoder.layer.0.attention.self.query.weight");
      assertThat(floats(written, "embeddings.LayerNorm.bias")).containsExactly(7f, 8f);
      String name = "encoder.layer.0.attention.self.query.weight";
      assertThat(written.tensors().get(name).shape()).isEqualTo(List.of(3L, 2L));
      assertThat(floats(written, name)).containsExactly(1f, 4f, 2f, 5f, 3f, 6f);
    }
  }

  @Test
  void dimensionsMayBePacked() throws IOException {
    OnnxBytes tensor =
        new OnnxBytes()
            .bytes(1, new byte[] {2, 1})
            .number(2, 1)
            .text(8, "a")
            .bytes(9, OnnxBytes.littleEndian(1f, 2f));
    assertThat(OnnxGraph.read(FILE, OnnxBytes.model(new OnnxBytes().message(5, tensor))).tensors())
        .singleElement()
        .satisfies(t -> assertThat(t.shape()).isEqualTo(List.of(2L, 1L)));
  }

  @Test
  void refusesWhatIsNoExportOfAnEncoder() {
    assertRefused(
        new OnnxBytes().tensor("onnx::MatMul_1", new long[] {1, 1}, 1f),
        "tensor \"onnx::MatMul_1\" is a factor of no node, expected one named /.../MatMul");
    assertRefused(
        new OnnxBytes()
            .node("MatMul", "other", "x", "onnx::MatMul_1")
            .tensor("onnx::MatMul_1", new long[] {1, 1}, 1f),
        "is a factor of the node \"other\", expected one named /.../MatMul");
    assertRefused(
        ordinary().node("MatMul", "/again/MatMul", "x", "onnx::MatMul_787"),
        "is a factor of \"" + QUERY + "\" and \"/again/MatMul\", expected one node");
    assertRefused(
        ordinary().tensor("embeddings.LayerNorm.bias", new long[] {1}, 1f),
        "tensor name embeddings.LayerNorm.bias is taken");
    assertRefused(
        new OnnxBytes()
            .node("MatMul", QUERY, "x", "onnx::MatMul_787")
            .tensor("onnx::MatMul_787", new long[] {1}, 1f),
        "has the shape [1], expected two dimensions");
    assertRefused(
        new OnnxBytes().message(5, new OnnxBytes().number(2, 3).text(8, "quantised")),
        "tensor \"quantised\" has the data type 3, expected 1 (float)");
  }

  @Test
  void believesNoClaim() {
    assertRefused(
        new OnnxBytes().tensor("a", new long[] {2, 3}, 1f),
        "tensor \"a\" has 4 bytes of values, the shape [2, 3] needs 24");
    for (long[] shape : new long[][] {{1L << 60}, {-1}, {1 << 30, 1 << 30}, {0, -1}}) {
      assertRefused(new OnnxBytes().tensor("a", shape), "expected fewer than 2^31 values");
    }
    byte[] claim = {7 << 3 | 2, -1, -1, -1, -1, 7};
    assertThatThrownBy(() -> new EncoderTensors(FILE, claim))
        .isInstanceOf(ModelException.class)
        .hasMessage("model.onnx: the field at byte 6 claims 2147483647 bytes, 0 are left");
  }

  @Test
  void aFileThatIsCutOrChangedIsReadOrRefused() {
    byte[] whole = OnnxBytes.model(ordinary());
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      refused += isRefused(Arrays.copyOf(whole, length)) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(whole.length * 9 / 10);
    for (long seed = 1; seed <= 50_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] changed = whole.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      try {
        isRefused(changed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static boolean isRefused(byte[] bytes) {
    try {
      new EncoderTensors(FILE, bytes).collect();
      return false;
    } catch (ModelException e) {
      return true;
    }
  }

  private static OnnxBytes ordinary() {
    return new OnnxBytes()
        .node("Add", "/embeddings/Add", "embeddings.LayerNorm.bias", "x")
        .node("MatMul", QUERY, "x", "onnx::MatMul_787")
        .text(2, "main_graph")
        .tensor("embeddings.LayerNorm.bias", new long[] {2}, 7f, 8f)
        .message(
            5,
            new OnnxBytes()
                .number(1, 1)
                .number(2, OnnxTensor.INT64)
                .text(8, "embeddings.position_ids")
                .bytes(9, new byte[8]))
        .tensor("onnx::MatMul_787", new long[] {2, 3}, 1f, 2f, 3f, 4f, 5f, 6f);
  }

  private static void assertRefused(OnnxBytes graph, String text) {
    assertThatThrownBy(() -> new EncoderTensors(FILE, OnnxBytes.model(graph)).collect())
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model.onnx: tensor ")
        .hasMessageContaining(text);
  }

  private static float[] floats(SafetensorsFile file, String name) throws IOException {
    TensorInfo tensor = file.tensors().get(name);
    return file.readFloats(tensor, 0, (int) tensor.elements());
  }
}
