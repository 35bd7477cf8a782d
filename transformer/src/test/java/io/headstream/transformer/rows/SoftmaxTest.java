package io.headstream.transformer.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 127, 128, 129, 5000, 50257})
  void isTheFormula(int count) {
    Random random = new Random(count);
    float[] x = new float[count + 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextGaussian() * 5 + 100);
    }
    double max = 0;
    for (int i = 1; i <= count; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = 1; i <= count; i++) {
      sum += StrictMath.exp(x[i] - max);
    }
    assertThat(Softmax.logSumExp(count, x, 1))
        .isCloseTo(max + StrictMath.log(sum), Offset.offset(1e-6));
    float[] y = x.clone();
    Softmax.apply(count, y, 1);
    for (int i = 1; i <= count; i++) {
      double expected = StrictMath.exp(x[i] - max) / sum;
      assertThat(Math.abs(y[i] - expected)).isLessThanOrEqualTo(1e-6 * expected + 1e-30);
    }
    assertThat(y[0]).isEqualTo(x[0]);
    assertThat(y[count + 1]).isEqualTo(x[count + 1]);
  }

  @Test
  void logitsOfMinusInfinityHaveNoPart() {
    float none = Float.NEGATIVE_INFINITY;
    float[] x = {none, 1f, none, 1f};
    assertThat(Softmax.logSumExp(4, x, 0)).isCloseTo(1 + Math.log(2), Offset.offset(1e-7));
    Softmax.apply(4, x, 0);
    assertThat(x).containsExactly(0f, 0.5f, 0f, 0.5f);
    float[] all = {none, none};
    assertThat(Softmax.logSumExp(2, all, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    Softmax.apply(2, all, 0);
    assertThat(all).containsExactly(0f, 0f);
    assertThat(Softmax.logSumExp(0, all, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void nanAndInfinityMakeEverythingNan() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] x = new float[40];
      x[33] = bad;
      assertThat(Softmax.logSumExp(40, x, 0)).isNaN();
      Softmax.apply(40, x, 0);
      for (float y : x) {
        assertThat(y).isNaN();
      }
    }
  }

  @Test
  void rowsAreAddedScaledAndDividedByTheirLength() {
    float[] y = {9f, 3f, 4f, 9f};
    Rows.add(2, new float[] {7f, 1f, 2f}, 1, y, 1);
    assertThat(y).containsExactly(9f, 4f, 6f, 9f);
    Rows.scale(2, 0.5f, y, 1);
    assertThat(y).containsExactly(9f, 2f, 3f, 9f);
    float[] rows = {9f, 3f, 4f, 0f, 0f, 3e-13f, 4e-13f};
    Rows.normalizeL2(3, 2, rows, 1);
    assertThat(Arrays.copyOf(rows, 5)).containsExactly(9f, 0.6f, 0.8f, 0f, 0f);
    assertThat(rows[5]).isCloseTo(0.3f, Offset.offset(1e-6f));
  }
}
