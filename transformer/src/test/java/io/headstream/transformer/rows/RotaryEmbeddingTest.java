package io.headstream.transformer.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.transformer.rows.RotaryEmbedding.Pairing;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotaryEmbeddingTest {
  private static final int MAX = 4096;

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64, 128})
  void pairsTurnByTheAngle(int headDim) {
    for (Pairing pairing : Pairing.values()) {
      RotaryEmbedding rotary =
          new RotaryEmbedding(headDim, pairing, 10_000f, RotaryScaling.none(), MAX);
      Random random = new Random(headDim);
      int heads = 3;
      int stride = heads * headDim + 2;
      for (int first : new int[] {0, 1, 63, 1000}) {
        float[] x = floats(random, 1 + 4 * stride);
        float[] y = x.clone();
        rotary.rotate(4, heads, first, y, 1, stride);
        for (int row = 0; row < 4; row++) {
          for (int h = 0; h < heads; h++) {
            int at = 1 + row * stride + h * headDim;
            assertTurned(x, y, at, headDim, pairing, first + row);
          }
          assertThat(y[1 + row * stride - 1]).isEqualTo(x[1 + row * stride - 1]);
        }
      }
    }
  }

  private static void assertTurned(
      float[] x, float[] y, int at, int headDim, Pairing pairing, int position) {
    for (int k = 0; k < headDim / 2; k++) {
      int near = at + (pairing == Pairing.HALVES ? k : 2 * k);
      int far = pairing == Pairing.HALVES ? near + headDim / 2 : near + 1;
      double angle = position * Math.pow(10_000, -2.0 * k / headDim);
      // The angle is a float, as in the models.
      double allowed = 1e-6 + 2e-7 * angle;
      assertThat((double) y[near])
          .isCloseTo(
              x[near] * Math.cos(angle) - x[far] * Math.sin(angle), Offset.offset(4 * allowed));
      assertThat((double) y[far])
          .isCloseTo(
              x[far] * Math.cos(angle) + x[near] * Math.sin(angle), Offset.offset(4 * allowed));
    }
  }

  @Test
  void positionsByRowAreThoseInOrder() {
    RotaryEmbedding rotary =
        new RotaryEmbedding(16, Pairing.HALVES, 500_000f, RotaryScaling.none(), MAX);
    float[] inOrder = floats(new Random(1), 5 * 32);
    float[] byRow = inOrder.clone();
    rotary.rotate(5, 2, 70, inOrder, 0, 32);
    rotary.rotate(5, 2, new int[] {70, 71, 72, 73, 74, -1}, byRow, 0, 32);
    assertThat(byRow).isEqualTo(inOrder);
  }

  @Test
  void anglesAreFloatsAsInTheModels() {
    RotaryEmbedding rotary =
        new RotaryEmbedding(64, Pairing.HALVES, 10_000f, RotaryScaling.none(), MAX);
    float[] x = new float[64];
    x[1] = 1f;
    rotary.rotate(1, 1, 4000, x, 0, 64);
    float inverse = 1f / (float) StrictMath.pow(10_000f, 2f / 64);
    assertThat(x[1]).isEqualTo((float) StrictMath.cos(4000 * inverse));
    assertThat(x[33]).isEqualTo((float) StrictMath.sin(4000 * inverse));
  }

  @Test
  void linearScalingSlowsAllTurns() {
    assertThat(RotaryScaling.linear(4f).scaled(0.5f)).isEqualTo(0.125f);
  }

  @Test
  void llama3ScalingLeavesFastTurnsAndSlowsSlowOnes() {
    RotaryScaling scaling = RotaryScaling.llama3(8f, 1f, 4f, 8192);
    assertThat(scaling.scaled(1f)).isEqualTo(1f);
    assertThat(scaling.scaled(1e-5f)).isEqualTo(1e-5f / 8);
    double between = 2 * Math.PI / 4096; // two turns in the original context
    double smooth = (2.0 - 1) / (4 - 1);
    assertThat((double) scaling.scaled((float) between))
        .isCloseTo((1 - smooth) * between / 8 + smooth * between, Offset.offset(1e-9));
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> rotary(7, 10)).hasMessage("2 2 does not divide headDim 7");
    assertThatThrownBy(() -> rotary(8, 10).rotate(1, 1, 10, new float[8], 0, 8))
        .hasMessage("position is 10, there are 10 from 0 on");
    assertThatThrownBy(() -> rotary(8, 10).rotate(1, 1, -1, new float[8], 0, 8))
        .hasMessage("position is -1, there are 10 from 0 on");
    assertThatThrownBy(() -> rotary(8, 10).rotate(2, 1, new int[1], new float[16], 0, 8))
        .hasMessage("positions has 1 numbers, there are 2 rows");
    assertThatThrownBy(() -> RotaryScaling.llama3(8f, 4f, 4f, 8192))
        .hasMessage("low_freq_factor is 4.0, must be below high_freq_factor, which is 4.0");
    assertThatThrownBy(() -> RotaryScaling.linear(0f))
        .hasMessage("factor is 0.0, must be positive and finite");
  }

  private static RotaryEmbedding rotary(int headDim, int positions) {
    return new RotaryEmbedding(headDim, Pairing.HALVES, 10_000f, RotaryScaling.none(), positions);
  }

  private static float[] floats(Random random, int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }
}
