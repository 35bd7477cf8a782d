package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ProjectionTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private static final float GUARD = 42f;

  @Test
  void anOutputIsOneChainOfMultiplyAddsAndThenTheBias() {
    for (long seed = 1; seed <= 30; seed++) {
      Draw draw = new Draw(seed);
      int outputs = draw.between(1, 150);
      int inputs = draw.between(1, 90);
      int rows = draw.between(0, 20);
      float[] weight = draw.floats(outputs * inputs, 1);
      float[] bias = draw.oneIn(2) ? null : draw.floats(outputs, 1);
      float[] x = draw.withoutEnd(rows * inputs, 1);
      float[] y = new float[rows * outputs];
      Projection.of(weight, bias, outputs, inputs).project(rows, x, 0, y, 0, PLAIN);
      Bits.assertSame(y, chains(weight, bias, outputs, inputs, x, rows), "seed %d", seed);
    }
  }

  private static float[] chains(
      float[] weight, float[] bias, int outputs, int inputs, float[] x, int rows) {
    float[] y = new float[rows * outputs];
    for (int n = 0; n < y.length; n++) {
      float sum = 0f;
      for (int i = 0; i < inputs; i++) {
        sum = Math.fma(x[n / outputs * inputs + i], weight[n % outputs * inputs + i], sum);
      }
      y[n] = bias == null ? sum : sum + bias[n % outputs];
    }
    return y;
  }

  @Test
  void weightsComeBackAsTheyWere() {
    Draw draw = new Draw(1);
    float[] weight = draw.floats(150 * 33, 1);
    Projection projection = Projection.of(weight, null, 150, 33);
    for (int output : new int[] {0, 1, 63, 64, 149}) {
      float[] row = new float[36];
      projection.weights(output, row, 2);
      Bits.assertSame(
          Arrays.copyOfRange(row, 2, 35),
          Arrays.copyOfRange(weight, output * 33, (output + 1) * 33),
          "output %d",
          output);
      assertThat(row[1] + row[35]).isZero();
    }
    assertThatThrownBy(() -> projection.weights(150, new float[33], 0))
        .hasMessage("output channel is 150, the projection has 150");
    assertThatThrownBy(() -> projection.weights(0, new float[33], 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rowsOfWeightsMayComeInAnyPieces() {
    for (long seed = 1; seed <= 30; seed++) {
      Draw draw = new Draw(seed);
      int outputs = draw.between(1, 200);
      int inputs = draw.between(1, 40);
      float[] weight = draw.floats(outputs * inputs, 1);
      float[] bias = draw.floats(outputs, 1);
      float[] x = draw.floats(3 * inputs, 1);
      Projection.Builder builder = Projection.builder(outputs, inputs);
      for (int added = 0; added < outputs; ) {
        int count = draw.between(0, Math.min(outputs - added, 70) + 1);
        int offset = draw.between(0, 5);
        float[] piece = new float[offset + count * inputs];
        System.arraycopy(weight, added * inputs, piece, offset, count * inputs);
        builder.add(count, piece, offset);
        Arrays.fill(piece, GUARD); // it was copied
        added += count;
      }
      Projection projection = builder.build(bias);
      float[] expected = chains(weight, bias, outputs, inputs, x, 3);
      Arrays.fill(bias, GUARD);
      float[] y = new float[3 * outputs];
      projection.project(3, x, 0, y, 0, PLAIN);
      Bits.assertSame(y, expected, "seed %d", seed);
    }
  }

  @Test
  void rowsMayLieApartAndOutputsBeLeftOut() {
    for (long seed = 1; seed <= 60; seed++) {
      Draw draw = new Draw(seed);
      int outputs = draw.between(1, 200);
      int inputs = draw.between(1, 40);
      int rows = draw.between(1, 140);
      int from = draw.between(0, outputs + 1);
      int to = draw.between(from, outputs + 1);
      int xStride = inputs + draw.between(0, 9);
      int yStride = to - from + draw.between(0, 9);
      int xOffset = draw.between(0, 9);
      int yOffset = draw.between(0, 9);
      float[] weight = draw.floats(outputs * inputs, 1);
      float[] bias = draw.floats(outputs, 1);
      float[] x = draw.floats(xOffset + rows * xStride, 1);
      float[] y = new float[yOffset + rows * yStride];
      Arrays.fill(y, GUARD);
      float[] expected = y.clone();
      for (int r = 0; r < rows; r++) {
        float[] row = Arrays.copyOfRange(x, xOffset + r * xStride, xOffset + r * xStride + inputs);
        float[] all = chains(weight, bias, outputs, inputs, row, 1);
        System.arraycopy(all, from, expected, yOffset + r * yStride, to - from);
      }
      Projection.of(weight, bias, outputs, inputs)
          .project(rows, x, xOffset, xStride, from, to, y, yOffset, yStride, PLAIN);
      Bits.assertSame(y, expected, "seed %d", seed);
    }
  }

  @Test
  void threadsChangeNoBit() {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    try {
      Draw draw = new Draw(1);
      Projection projection = Projection.of(draw.floats(300 * 200, 1), null, 300, 200);
      float[] x = draw.floats(100 * 210, 1);
      float[] alone = new float[100 * 250];
      float[] together = new float[100 * 250];
      projection.project(100, x, 3, 210, 64, 300, alone, 1, 250, PLAIN);
      projection.project(
          100, x, 3, 210, 64, 300, together, 1, 250, PLAIN.withExecutor(executor, 4));
      Bits.assertSame(together, alone, "threads");
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void errorsNameTheValues() {
    assertThatThrownBy(() -> Projection.of(new float[5], null, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight has 5 floats, expected [2, 3]");
    assertThatThrownBy(() -> Projection.builder(0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outputs is 0, must be at least 1");
    assertThatThrownBy(() -> Projection.builder(1 << 16, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight has the shape [65536, 65536], more than an array can hold");
    Projection.Builder builder = Projection.builder(2, 3).add(1, new float[3], 0);
    assertThatThrownBy(() -> builder.build(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("1 rows of weights, the projection has 2");
    assertThatThrownBy(() -> builder.add(2, new float[6], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 rows of weights after 1, the projection has 2");
    assertThatThrownBy(() -> builder.add(1, new float[3], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("weight has 3 floats, [1, 3] from offset 1 on needs 4");
    builder.add(1, new float[3], 0);
    assertThatThrownBy(() -> builder.build(new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bias has 3 floats, expected [2]");
    Projection projection = builder.build(null);
    assertThat(projection.outputs()).isEqualTo(2);
    assertThat(projection.inputs()).isEqualTo(3);
    assertThatThrownBy(() -> builder.build(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the projection was built already");
    float[] x = new float[7];
    assertThatThrownBy(() -> projection.project(2, x, 2, new float[4], 0, PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x has 7 floats, 2 rows of 3, 3 apart, from offset 2 on need 8");
    assertThatThrownBy(() -> projection.project(1, x, 0, 2, 0, 2, x, 4, 2, PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x has rows of 3 floats, 2 apart");
    assertThatThrownBy(() -> projection.project(1, x, 0, 3, 1, 3, x, 4, 2, PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output channels are 1 to 3, the projection has 2");
  }
}
