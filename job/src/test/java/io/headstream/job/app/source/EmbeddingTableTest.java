package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingTableTest {
  /** Two pieces and a part of a third, the last piece shorter than a row would be long. */
  private static final int MODEL_DIM = 1 << 15;

  private static final int ROWS = 19;

  @TempDir Path folder;

  @Test
  void everyRowIsTheTensorsWhateverPieceItLiesIn() throws Exception {
    float[] values = new float[ROWS * MODEL_DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.5f - 1000;
    }
    Path file = write(new SafetensorsWriter().add("e", TensorType.F32, shape(ROWS), values));
    EmbeddingTable table = EmbeddingTable.read(file, null, MODEL_DIM);
    assertThat(table.rows()).isEqualTo(ROWS);
    for (int row = 0; row < ROWS; row++) {
      assertThat(table.row(row))
          .isEqualTo(Arrays.copyOfRange(values, row * MODEL_DIM, (row + 1) * MODEL_DIM));
    }
    assertThat(table.row(3)).as("a row that is changed").isNotSameAs(table.row(3));

    EmbeddingTable.Checked checked = EmbeddingTable.check(file, "e", MODEL_DIM);
    assertThat(checked.rows()).isEqualTo(ROWS);
    values[values.length - 1] += 1;
    Path other = write(new SafetensorsWriter().add("e", TensorType.F32, shape(ROWS), values));
    assertThat(checked.digest())
        .hasSize(64)
        .isNotEqualTo(EmbeddingTable.check(other, "e", MODEL_DIM).digest());
  }

  @Test
  void aTensorIsPickedByItsNameAndMayBeHalfPrecision() throws Exception {
    float[] a = {1, 2};
    float[] b = {3, 4, 5, 6};
    Path file =
        write(
            new SafetensorsWriter()
                .add("a:b", TensorType.F32, List.of(1L, 2L), a)
                .add("b", TensorType.BF16, List.of(2L, 2L), b));
    assertThat(EmbeddingTable.read(file, "a:b", 2).row(0)).containsExactly(1, 2);
    assertThat(EmbeddingTable.read(file, "b", 2).row(1)).containsExactly(5, 6);
    refused(file, null, 2, "has 2 tensors [a:b, b], expected FILE:TENSOR to pick one");
    refused(file, "c", 2, "has no tensor 'c', it has [a:b, b]");
    refused(file, "b", 3, "tensor \"b\" has shape [2, 2], expected [tokens, 3] for model-dim 3");
  }

  @Test
  void whatIsNoTableIsRefused() throws Exception {
    float[] row = {1, Float.NaN};
    Path notFinite = write(new SafetensorsWriter().add("e", TensorType.F32, List.of(1L, 2L), row));
    refused(notFinite, null, 2, "tensor \"e\" has NaN at index 1, expected finite numbers");
    Path flat = write(new SafetensorsWriter().add("e", TensorType.F32, List.of(2L), row));
    refused(flat, null, 2, "tensor \"e\" has shape [2], expected [tokens, 2] for model-dim 2");
    Path empty = write(new SafetensorsWriter().add("e", TensorType.F32, List.of(0L, 2L)));
    refused(empty, null, 2, "tensor \"e\" has 0 rows, expected 1 to 2147483647");
    byte[] whole = Files.readAllBytes(notFinite);
    Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));
    refused(cut, null, 2, "the file is cut off at 7");
    refused(folder.resolve("nowhere"), null, 2, "no such file");
  }

  private static void refused(Path file, String tensor, int modelDim, String expected) {
    assertThatThrownBy(() -> EmbeddingTable.check(file, tensor, modelDim))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContaining(expected);
    assertThatThrownBy(() -> EmbeddingTable.read(file, tensor, modelDim))
        .isInstanceOf(WeightsException.class);
  }

  private static List<Long> shape(long rows) {
    return List.of(rows, (long) MODEL_DIM);
  }

  private int files;

  private Path write(SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve("table-" + files++ + ".safetensors");
    writer.write(file);
    return file;
  }
}
