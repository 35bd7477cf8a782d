package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Vector API gives the bits of plain Java. The build runs this class at several widths. */
class KernelBitsTest {
  private final Kernel scalar = new ScalarKernel();
  private final Kernel vector = new VectorKernel();

  @Test
  void theWidthIsTheOneThatTheBuildAsksFor() {
    String expected = System.getProperty("headstream.expected-kernel", vector.name());
    assertThat(vector.name()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // inputs, outputs
    "1, 1",
    "3, 5",
    "20, 33",
    "64, 64",
    "33, 65",
    "100, 127",
    "64, 128",
    "31, 200",
    "512, 96"
  })
  void projectionsAreTheSame(int inputs, int outputs) {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] weight = Reference.uniform(random, outputs * inputs, 1);
      float[] bias = random.nextBoolean() ? Reference.uniform(random, outputs, 1) : null;
      int rows = random.nextInt(1, 12) * (random.nextInt(4) == 0 ? 13 : 1);
      int from = random.nextBoolean() ? 0 : random.nextInt(outputs);
      int to = random.nextBoolean() ? outputs : random.nextInt(from, outputs) + 1;
      Rows x = new Rows(Reference.uniform(random, 3 + rows * (inputs + 2), 2), 3, inputs + 2);
      float[] expected = new float[5 + rows * (to - from + 3)];
      Arrays.fill(expected, 42);
      float[] actual = expected.clone();
      scalar
          .projection(weight, bias, outputs, inputs)
          .project(x, rows, from, to, new Rows(expected, 4, to - from + 3));
      vector
          .projection(weight, bias, outputs, inputs)
          .project(x, rows, from, to, new Rows(actual, 4, to - from + 3));
      // What lies between the rows and around them is not written.
      assertThat(actual[3]).isEqualTo(42);
      assertThat(actual[actual.length - 1]).isEqualTo(42);
      try {
        assertSameBits(actual, expected);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed %d, rows %d, outputs %d to %d".formatted(seed, rows, from, to), e);
      }
    }
  }

  @Test
  void theFirstCallAndTheTwentyThousandthAreTheSame() {
    SplittableRandom random = new SplittableRandom(8);
    Projection projection = vector.projection(Reference.uniform(random, 80 * 20, 1), null, 80, 20);
    Rows x = new Rows(Reference.uniform(random, 7 * 20, 1), 0, 20);
    float[] first = new float[7 * 80];
    projection.project(x, 7, 0, 80, new Rows(first, 0, 80));
    float[] last = new float[7 * 80];
    for (int call = 0; call < 20_000; call++) {
      projection.project(x, 7, 0, 80, new Rows(last, 0, 80));
    }
    assertSameBits(last, first);
  }

  @Test
  void notANumberAndInfinityAreWhereTheyAre() {
    float[] weight = {1, 0, 0, 1, 1, 1};
    float[] x = {Float.NaN, 1, Float.POSITIVE_INFINITY, 2, 1, Float.NEGATIVE_INFINITY};
    float[] expected = new float[9];
    float[] actual = new float[9];
    scalar
        .projection(weight, null, 3, 2)
        .project(new Rows(x, 0, 2), 3, 0, 3, new Rows(expected, 0, 3));
    vector
        .projection(weight, null, 3, 2)
        .project(new Rows(x, 0, 2), 3, 0, 3, new Rows(actual, 0, 3));
    assertSameBits(actual, expected);
  }
}
