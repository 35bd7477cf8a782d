package io.headstream.transformer.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 50, 64, 384, 1000})
  void layerNormIsTheFormula(int channels) {
    for (float eps : new float[] {1e-12f, 1e-5f}) {
      for (double spread : new double[] {1e-6, 1e-3, 1, 1e3}) {
        Random random = new Random(channels);
        float[] x = floats(random, 3 * channels, spread, 0.7);
        float[] weight = floats(random, channels, 1, 1);
        float[] bias = floats(random, channels, 1, 0);
        float[] y = new float[3 * channels];
        new LayerNorm(weight, bias, eps).apply(3, x, 0, y, 0);
        assertClose(y, layerNorm(x, weight, bias, eps), 2e-6);
      }
    }
  }

  /** What rounding the mean alone would do: an error that the row's own variance does not cover. */
  @Test
  void rowsWhoseChannelsAreNearlyEqualAreAsAccurate() {
    int channels = 384;
    Random random = new Random(3);
    for (float around : new float[] {1f, 1000.1f, 1e6f}) {
      float[] x = new float[channels];
      for (int c = 0; c < channels; c++) {
        x[c] = around + random.nextInt(3) * Math.ulp(around);
      }
      float[] y = new float[channels];
      LayerNorm.plain(channels, 1e-12f).apply(1, x, 0, y, 0);
      assertClose(y, layerNorm(x, null, null, 1e-12f), 2e-5);
    }
  }

  @Test
  void equalChannelsGiveTheBias() {
    for (float all : new float[] {0.1f, 1e3f, -3.3e-7f}) {
      float[] x = new float[384];
      Arrays.fill(x, all);
      float[] bias = floats(new Random(5), 384, 1, 0);
      float[] y = new float[384];
      new LayerNorm(null, bias, 1e-12f).apply(1, x, 0, y, 0);
      for (int c = 0; c < y.length; c++) {
        assertThat((double) y[c]).isCloseTo(bias[c], Offset.offset(2e-5));
      }
    }
  }

  @Test
  void noWeightIsOneAndNoBiasIsZero() {
    float[] x = floats(new Random(6), 2 * 33, 2, 1);
    float[] ones = new float[33];
    Arrays.fill(ones, 1f);
    float[] expected = normalized(new LayerNorm(ones, new float[33], 1e-5f), x);
    assertThat(normalized(new LayerNorm(ones, null, 1e-5f), x)).isEqualTo(expected);
    assertThat(normalized(new LayerNorm(null, new float[33], 1e-5f), x)).isEqualTo(expected);
    assertThat(normalized(LayerNorm.plain(33, 1e-5f), x)).isEqualTo(expected);
  }

  @Test
  void inPlaceAndAtAnOffsetItIsTheSame() {
    float[] x = floats(new Random(7), 3 + 4 * 40, 2, 1);
    LayerNorm norm = new LayerNorm(floats(new Random(8), 40, 1, 1), null, 1e-5f);
    float[] expected = normalized(norm, Arrays.copyOfRange(x, 3, x.length));
    float[] first = Arrays.copyOf(x, 3);
    norm.apply(4, x, 3, x, 3);
    assertThat(Arrays.copyOfRange(x, 3, x.length)).isEqualTo(expected);
    assertThat(Arrays.copyOf(x, 3)).isEqualTo(first);
  }

  @Test
  void epsCounts() {
    float[] x = {0f, 2e-6f};
    float[] y = new float[2];
    LayerNorm.plain(2, 1e-12f).apply(1, x, 0, y, 0);
    assertThat((double) y[1]).isCloseTo(Math.sqrt(0.5), Offset.offset(1e-6));
    LayerNorm.plain(2, 1e-5f).apply(1, x, 0, y, 0);
    assertThat((double) y[1]).isCloseTo(3.16e-4, Offset.offset(1e-5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 16, 17, 128, 1000})
  void rmsNormIsTheFormulaForRowsAStrideApart(int channels) {
    Random random = new Random(channels);
    int stride = channels + 3;
    float[] x = floats(random, 2 + 3 * stride, 2, 0.3);
    float[] weight = floats(random, channels, 1, 1);
    float[] y = new float[3 * channels];
    RmsNorm norm = new RmsNorm(weight, 1e-6f);
    norm.apply(3, x, 2, stride, y, 0, channels);
    double[] expected = new double[y.length];
    for (int row = 0; row < 3; row++) {
      double squares = 0;
      for (int c = 0; c < channels; c++) {
        squares += (double) x[2 + row * stride + c] * x[2 + row * stride + c];
      }
      for (int c = 0; c < channels; c++) {
        expected[row * channels + c] =
            x[2 + row * stride + c] / Math.sqrt(squares / channels + 1e-6f) * weight[c];
      }
    }
    assertClose(y, expected, 1e-6);
    norm.apply(3, x, 2, stride, x, 2, stride);
    for (int n = 0; n < y.length; n++) {
      assertThat(x[2 + n / channels * stride + n % channels]).isEqualTo(y[n]);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> new LayerNorm(new float[3], new float[4], 1e-5f))
        .hasMessage("weight has 3 channels, bias has 4");
    assertThatThrownBy(() -> new LayerNorm(null, null, 1e-5f))
        .hasMessageContaining("does not tell its channels");
    assertThatThrownBy(() -> LayerNorm.plain(3, -1f))
        .hasMessage("eps is -1.0, must be a finite number that is not negative");
    assertThatThrownBy(() -> LayerNorm.plain(3, 0f).apply(2, new float[5], 0, new float[6], 0))
        .hasMessage("x has 5 floats, [2, 3] from offset 0 on needs 6");
    assertThatThrownBy(() -> new RmsNorm(new float[0], 0f))
        .hasMessage("channels is 0, must be at least 1");
  }

  private static float[] normalized(LayerNorm norm, float[] x) {
    float[] y = new float[x.length];
    norm.apply(x.length / norm.channels(), x, 0, y, 0);
    return y;
  }

  private static double[] layerNorm(float[] x, float[] weight, float[] bias, float eps) {
    int rows = weight == null ? 1 : x.length / weight.length;
    int channels = x.length / rows;
    double[] y = new double[x.length];
    for (int row = 0; row < rows; row++) {
      int from = row * channels;
      double mean = 0;
      for (int c = 0; c < channels; c++) {
        mean += x[from + c];
      }
      mean /= channels;
      double variance = 0;
      for (int c = 0; c < channels; c++) {
        variance += (x[from + c] - mean) * (x[from + c] - mean);
      }
      double root = Math.sqrt(variance / channels + eps);
      for (int c = 0; c < channels; c++) {
        double standardized = (x[from + c] - mean) / root;
        y[from + c] = weight == null ? standardized : standardized * weight[c] + bias[c];
      }
    }
    return y;
  }

  private static void assertClose(float[] actual, double[] expected, double ofLargest) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int n = 0; n < expected.length; n++) {
      assertThat(Math.abs(actual[n] - expected[n]))
          .as("element %d: %s, expected %s", n, actual[n], expected[n])
          .isLessThanOrEqualTo(ofLargest * largest + Float.MIN_VALUE);
    }
  }

  private static float[] floats(Random random, int n, double spread, double around) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) (random.nextGaussian() * spread + around);
    }
    return floats;
  }
}
