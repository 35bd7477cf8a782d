package io.headstream.transformer.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.headstream.transformer.rows.kernel.RowBackend;
import io.headstream.transformer.rows.kernel.ScalarRowBackend;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this JVM computes with gives the bits of the rules number by number. */
class RowBackendBitsTest {
  private static final RowBackend SCALAR = new ScalarRowBackend();
  private static final RowBackend CHOSEN = RowBackends.chosen();

  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.intBitsToFloat(0x7fc00000), // NaN of either sign: processors make the second
    Float.intBitsToFloat(0xffc00000),
    Float.intBitsToFloat(0x7f800001),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    -Float.MIN_VALUE
  };

  @Test
  void isTheOneThatTheBuildAsksFor() {
    String asked = System.getProperty("headstream.expected-kernel");
    assertThat(CHOSEN.name())
        .isEqualTo(asked != null ? asked : "vector-" + Byte.SIZE * widestVectorBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 15, 16, 17, 31, 33, 50, 64, 384, 1001})
  void norms(int width) {
    for (long seed = 1; seed <= 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] x = floats(random, 3 + 4 * (width + 2), 0.3 + random.nextInt(3), seed % 4 == 0);
      float[] weight = floats(random, width, 1, false);
      float[] bias = floats(random, width, 1, false);
      float eps = seed % 2 == 0 ? 1e-12f : 1e-5f;
      String as = "width " + width + ", seed " + seed;
      same(as, x, (backend, y) -> backend.layerNorm(4, width, x, 3, weight, bias, eps, y, 1));
      same(
          as + ", in place",
          x,
          (backend, y) -> backend.layerNorm(4, width, y, 3, weight, bias, eps, y, 3));
      same(
          as + ", rms",
          x,
          (backend, y) -> backend.rmsNorm(4, x, 3, width + 2, weight, eps, y, 1, width + 1));
      same(as + ", squares", x, (backend, y) -> y[0] = backend.sumOfSquares(width, x, 3));
    }
  }

  @Test
  void activationsOfAllExponents() {
    int step = 1021;
    float[] x = new float[(int) ((1L << 32) / step)];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * step);
    }
    activations("all exponents", x, x.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 15, 16, 17, 31, 33, 100})
  void activationsOfAnyLength(int count) {
    for (long seed = 1; seed <= 60; seed++) {
      float[] x = floats(new SplittableRandom(seed), 2 + count, 3, seed % 3 == 0);
      activations("count " + count + ", seed " + seed, x, count);
    }
  }

  private static void activations(String as, float[] x, int count) {
    int at = x.length - count;
    same(as + ", sum", x, (backend, y) -> backend.add(count, x, 0, y, at));
    same(as + ", product", x, (backend, y) -> backend.multiply(count, x, 0, x, at, y, at));
    same(as + ", relu", x, (backend, y) -> backend.relu(count, x, at, y, at));
    same(as + ", gelu", x, (backend, y) -> backend.gelu(count, x, at, y, at));
    same(as + ", tanh form", x, (backend, y) -> backend.geluTanh(count, x, at, y, at));
    same(as + ", quick gelu", x, (backend, y) -> backend.quickGelu(count, x, at, y, at));
    same(as + ", silu", x, (backend, y) -> backend.silu(count, y, at, y, at));
    same(as + ", tanh", x, (backend, y) -> backend.tanh(count, x, at, y, at));
    same(as + ", sigmoid", x, (backend, y) -> backend.sigmoid(count, x, at, y, at));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 33, 127, 128, 129, 1000})
  void logits(int count) {
    for (long seed = 1; seed <= 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] x = floats(random, count + 1, 40, seed % 3 == 0);
      if (seed % 5 == 0) {
        for (int i = 0; i < x.length; i++) {
          x[i] = -Math.abs(x[i]);
        }
      }
      String as = "count " + count + ", seed " + seed;
      same(as + ", max", x, (backend, y) -> y[0] = backend.max(count, x, 1));
      float max = SCALAR.max(count, x, 1);
      if (Float.isFinite(max)) {
        same(as, x, (backend, y) -> y[0] = backend.weigh(count, x, 1, max, y, 1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8, 15, 16, 17, 32, 64})
  void turns(int half) {
    for (long seed = 1; seed <= 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] turns = floats(random, 5 + 2 * half, 1, seed % 7 == 0);
      float[] x = floats(random, 1 + 3 * 2 * half, 2, seed % 3 == 0);
      same(
          "half " + half + ", seed " + seed,
          x,
          (backend, y) -> backend.rotateHalves(3, half, turns, 5, y, 1));
    }
  }

  @Test
  void theWordsOfTheProperty() {
    assertThat(RowBackends.choose("auto", false).name()).isEqualTo("scalar");
    assertThat(RowBackends.choose("scalar", true).name()).isEqualTo("scalar");
    assertThatThrownBy(() -> RowBackends.choose("vector", false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--add-modules=jdk.incubator.vector");
    assertThatThrownBy(() -> RowBackends.choose("fast", true))
        .hasMessage("-Dheadstream.kernel is fast, expected auto, scalar or vector");
  }

  /** All NaNs are one; -0 is not +0. */
  private static void same(String as, float[] x, BiConsumer<RowBackend, float[]> run) {
    float[] expected = x.clone();
    run.accept(SCALAR, expected);
    float[] actual = x.clone();
    run.accept(CHOSEN, actual);
    for (int n = 0; n < expected.length; n++) {
      if (Float.floatToIntBits(actual[n]) != Float.floatToIntBits(expected[n])) {
        throw new AssertionError(
            "%s, element %d of %s is %s, expected %s"
                .formatted(as, n, x[n], actual[n], expected[n]));
      }
    }
  }

  private static float[] floats(SplittableRandom random, int n, double spread, boolean special) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] =
          special && random.nextInt(20) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : (float) (random.nextDouble(-1, 1) * spread);
    }
    return floats;
  }

  private static int widestVectorBytes() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    return Integer.parseInt(jvm.getVMOption("MaxVectorSize").getValue());
  }
}
