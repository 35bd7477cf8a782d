package io.headstream.transformer.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {

  @Test
  void geluIsTheExactOne() {
    assertWithin(Activation.GELU, x -> x * NormalDistribution.probability(x));
  }

  @Test
  void tanhFormOfGelu() {
    double root = Math.sqrt(2 / Math.PI);
    assertWithin(
        Activation.GELU_TANH,
        x -> x / (1 + StrictMath.exp(-2 * root * (x + 0.044715 * x * x * x))));
  }

  @Test
  void quickGelu() {
    assertWithin(Activation.QUICK_GELU, x -> x / (1 + StrictMath.exp(-1.702 * x)));
  }

  @Test
  void silu() {
    assertWithin(Activation.SILU, x -> x / (1 + StrictMath.exp(-x)));
  }

  @Test
  void theTwoFormsOfGeluAreNotTakenForEachOther() {
    for (float x : new float[] {-2.7f, 2.7f}) {
      assertThat(Math.abs(at(Activation.GELU, x) - at(Activation.GELU_TANH, x)))
          .isBetween(4e-4f, 5e-4f);
    }
  }

  @Test
  void tanhAndSigmoid() {
    for (float x : sweep(90f)) {
      double tanh = StrictMath.tanh(x);
      assertThat(Math.abs(at(Activation.TANH, x) - tanh))
          .as("tanh(%s)", x)
          .isLessThanOrEqualTo(3 * Math.ulp((float) tanh));
      double sigmoid = 1 / (1 + StrictMath.exp(-x));
      assertThat(Math.abs(at(Activation.SIGMOID, x) - sigmoid))
          .as("sigmoid(%s)", x)
          .isLessThanOrEqualTo((2 + Math.abs(x) / 4) * Math.ulp((float) sigmoid) + 0x1p-126);
    }
  }

  @Test
  void relu() {
    assertThat(at(Activation.RELU, -1e-30f)).isEqualTo(0f);
    assertThat(at(Activation.RELU, 3.5f)).isEqualTo(3.5f);
    assertThat(at(Activation.RELU, Float.NEGATIVE_INFINITY)).isEqualTo(0f);
  }

  @ParameterizedTest
  @EnumSource
  void nanStaysNanAndInfinityHasItsLimit(Activation activation) {
    assertThat(at(activation, Float.NaN)).isNaN();
    assertThat(at(activation, Float.intBitsToFloat(0xffc00001))).isNaN();
    boolean bounded = activation == Activation.TANH || activation == Activation.SIGMOID;
    assertThat(at(activation, Float.POSITIVE_INFINITY))
        .isEqualTo(bounded ? 1f : Float.POSITIVE_INFINITY);
    assertThat(at(activation, Float.MAX_VALUE)).isEqualTo(bounded ? 1f : Float.MAX_VALUE);
    float below = activation == Activation.TANH ? -1f : 0f;
    assertThat(at(activation, Float.NEGATIVE_INFINITY)).isEqualTo(below);
    assertThat(at(activation, -Float.MAX_VALUE)).isEqualTo(below);
  }

  @ParameterizedTest
  @EnumSource
  void gatedIsTheFunctionTimesTheOther(Activation activation) {
    Random random = new Random(11);
    for (int width : new int[] {1, 17, 1030}) {
      int rows = 3;
      int stride = 2 * width + 5; // gate and up lie in one row, and something more
      float[] both = floats(random, 2 + rows * stride);
      float[] expected = new float[rows * width];
      for (int n = 0; n < expected.length; n++) {
        int from = 2 + n / width * stride + n % width;
        expected[n] = at(activation, both[from]) * both[from + width];
      }
      float[] y = new float[1 + rows * width];
      activation.applyGated(rows, width, both, 2, stride, both, 2 + width, stride, y, 1);
      assertThat(Arrays.copyOfRange(y, 1, y.length)).isEqualTo(expected);
      activation.applyGated(rows, width, both, 2, stride, both, 2 + width, stride, both, 2);
      assertThat(Arrays.copyOfRange(both, 2, 2 + rows * width)).isEqualTo(expected);
    }
  }

  @Test
  void leavesWhatStandsBeside() {
    float[] x = {-1f, -1f, -1f, -1f};
    Activation.RELU.apply(2, x, 1);
    assertThat(x).containsExactly(-1f, 0f, 0f, -1f);
  }

  @Test
  void byNameKnowsTheWordsOfConfigurations() {
    assertThat(Activation.byName("gelu")).isEqualTo(Activation.GELU);
    assertThat(Activation.byName("gelu_new")).isEqualTo(Activation.GELU_TANH);
    assertThat(Activation.byName("gelu_pytorch_tanh")).isEqualTo(Activation.GELU_TANH);
    assertThat(Activation.byName("gelu_fast")).isEqualTo(Activation.GELU_TANH);
    assertThat(Activation.byName("quick_gelu")).isEqualTo(Activation.QUICK_GELU);
    assertThat(Activation.byName("silu")).isEqualTo(Activation.SILU);
    assertThat(Activation.byName("swish")).isEqualTo(Activation.SILU);
    assertThat(Activation.byName("relu")).isEqualTo(Activation.RELU);
    assertThat(Activation.byName("tanh")).isEqualTo(Activation.TANH);
    assertThatThrownBy(() -> Activation.byName("mish"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "activation is mish, expected one of gelu, gelu_fast, gelu_new, gelu_pytorch_tanh,"
                + " quick_gelu, relu, sigmoid, silu, swish, tanh");
  }

  @Test
  void refusesRowsThatDoNotFit() {
    assertThatThrownBy(() -> Activation.SILU.apply(4, new float[4], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x has 4 floats, [4, 1] from offset 1 on needs 5");
  }

  private static void assertWithin(Activation activation, DoubleUnaryOperator exact) {
    for (float x : sweep(Float.MAX_VALUE)) {
      double expected = exact.applyAsDouble(x);
      double relative = x < -4 ? 0 : x < 0 ? 0x1p-19 : 0x1p-22;
      double allowed =
          relative > 0
              ? relative * Math.abs(expected) + Float.MIN_VALUE
              : 0x1p-23 * Math.abs(expected) + 0x1p-25;
      assertThat(Math.abs(at(activation, x) - expected))
          .as("%s(%s)", activation, x)
          .isLessThanOrEqualTo(allowed);
    }
  }

  /** Floats of either sign of all exponents up to some number. */
  private static float[] sweep(float to) {
    int last = Float.floatToIntBits(to);
    float[] sweep = new float[2 * (last / 10007 + 1)];
    for (int n = 0; n < sweep.length; n++) {
      float x = Float.intBitsToFloat(n / 2 * 10007);
      sweep[n] = n % 2 == 0 ? x : -x;
    }
    return sweep;
  }

  private static float at(Activation activation, float x) {
    float[] one = {x};
    activation.apply(1, one, 0);
    return one[0];
  }

  private static float[] floats(Random random, int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextGaussian() * 3;
    }
    return floats;
  }
}
