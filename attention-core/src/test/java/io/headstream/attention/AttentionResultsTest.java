package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionResultsTest {
  private static final int BATCH = 2;
  private static final int HEADS = 4;
  private static final int DIM = 6;
  private static final int VALUE_DIM = 3;
  private static final ScaledDotProductAttention ATTENTION =
      new ScaledDotProductAttention(HEADS, 2, DIM, VALUE_DIM);

  private final int queries = 70;
  private final int keys = 260;
  private final SplittableRandom random = new SplittableRandom(21);
  private final float[] q = Reference.uniform(random, BATCH * HEADS * queries * DIM, 3);
  private final float[] k = Reference.uniform(random, BATCH * 2 * keys * DIM, 3);
  private final float[] v = Reference.uniform(random, BATCH * 2 * keys * VALUE_DIM, 1);
  private final float[] bias = Reference.uniform(random, keys, 2);
  private final AttentionOptions options =
      AttentionOptions.defaults()
          .withSoftCap(4)
          .withMask(AttentionMask.causal(100).and(AttentionMask.bias(bias, keys)));

  private float[] perKey() {
    return new float[BATCH * HEADS * queries * keys];
  }

  private float[] attend(AttentionOptions options) {
    return ATTENTION.attend(BATCH, queries, keys, q, k, v, options);
  }

  @Test
  void eachIsWhatItsStepOfTheEquationSays() {
    float[] raw = perKey();
    float[] capped = perKey();
    float[] masked = perKey();
    float[] weights = perKey();
    float[] logSumExp = new float[BATCH * HEADS * queries];
    float[] out =
        attend(
            options.withResults(
                new AttentionResults()
                    .scores(ScoreStage.RAW, raw, 0)
                    .scores(ScoreStage.CAPPED, capped, 0)
                    .scores(ScoreStage.MASKED, masked, 0)
                    .weights(weights, 0)
                    .logSumExp(logSumExp, 0)));
    for (int row = 0; row < BATCH * HEADS * queries; row++) {
      int keyRow = (row / queries / HEADS * 2 + row / queries % HEADS / 2) * keys;
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        double score = 0;
        for (int c = 0; c < DIM; c++) {
          score += (double) q[row * DIM + c] * k[(keyRow + j) * DIM + c] / Math.sqrt(DIM);
        }
        int at = row * keys + j;
        assertThat((double) raw[at]).isBetween(score - 1e-5, score + 1e-5);
        double cap = 4 * Math.tanh(score / 4);
        assertThat((double) capped[at]).isBetween(cap - 1e-5, cap + 1e-5);
        if (j > row % queries + 100) {
          assertThat(masked[at]).isEqualTo(Float.NEGATIVE_INFINITY);
        } else {
          assertThat(masked[at]).isEqualTo(capped[at] + bias[j]);
        }
        sum += Math.exp(masked[at]);
      }
      double log = Math.log(sum);
      assertThat((double) logSumExp[row]).isBetween(log - 1e-6, log + 1e-6);
      double weightSum = 0;
      double value = 0;
      for (int j = 0; j < keys; j++) {
        double weight = Math.exp(masked[row * keys + j] - log);
        float actual = weights[row * keys + j];
        assertThat(Math.abs(actual - weight)).isLessThanOrEqualTo(1e-6 * weight);
        weightSum += actual;
        value += (double) actual * v[(keyRow + j) * VALUE_DIM];
      }
      assertThat(weightSum).isBetween(1 - 1e-6, 1 + 1e-6);
      assertThat(Math.abs(out[row * VALUE_DIM] - value)).isLessThan(2e-6);
    }
  }

  @Test
  void theAverageIsTheMeanOfTheHeads() {
    int offset = 5;
    float[] weights = perKey();
    float[] averaged = new float[BATCH * queries * keys + 9];
    float[] onlyAveraged = new float[BATCH * queries * keys];
    Arrays.fill(averaged, 42f);
    attend(
        options.withResults(
            new AttentionResults().weights(weights, 0).averagedWeights(averaged, offset)));
    attend(options.withResults(new AttentionResults().averagedWeights(onlyAveraged, 0)));
    for (int n = 0; n < onlyAveraged.length; n++) {
      double mean = 0;
      for (int h = 0; h < HEADS; h++) {
        int size = queries * keys;
        mean += weights[(n / size * HEADS + h) * size + n % size] / (double) HEADS;
      }
      assertThat(Math.abs(averaged[offset + n] - mean)).isLessThan(1e-7);
      assertThat(onlyAveraged[n]).isEqualTo(averaged[offset + n]);
    }
    assertThat(Arrays.copyOf(averaged, offset)).containsOnly(42f);
    assertThat(Arrays.copyOfRange(averaged, averaged.length - 4, averaged.length))
        .containsOnly(42f);
  }

  /** Also in packed sequences and with dropout, whose weights are those before it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void askingChangesNothingElse(boolean packed) {
    AttentionMask mask =
        packed
            ? AttentionMask.packed(new int[] {0, 50, 70}, new int[] {0, 30, 260})
            : AttentionMask.causal(3);
    AttentionOptions plain =
        options
            .withMask(mask)
            .withDropout(packed ? Dropout.of(0.3, 1, 2, 3, 4, 5) : Dropout.of(0.3, 1, 2, 3));
    float[] expected = attend(plain);
    float[][] first = new float[4][];
    for (int threads : new int[] {1, 2, 8}) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      float[][] results = {
        perKey(), perKey(), perKey(), new float[BATCH * HEADS * queries], new float[0]
      };
      AttentionResults asked =
          new AttentionResults()
              .scores(ScoreStage.RAW, results[0], 0)
              .weights(results[1], 0)
              .scores(ScoreStage.MASKED, results[2], 0)
              .logSumExp(results[3], 0);
      try {
        Bits.assertSame(
            attend(plain.withResults(asked).withExecutor(pool, threads)),
            expected,
            "%d threads",
            threads);
      } finally {
        pool.shutdown();
      }
      for (int n = 0; n < first.length; n++) {
        first[n] = threads == 1 ? results[n] : first[n];
        Bits.assertSame(results[n], first[n], "result %d, %d threads", n, threads);
      }
    }
    // Raw scores are those of a call without a mask, hidden or not.
    float[] unmasked = perKey();
    AttentionResults raw = new AttentionResults().scores(ScoreStage.RAW, unmasked, 0);
    attend(AttentionOptions.defaults().withResults(raw));
    Bits.assertSame(first[0], unmasked, "raw scores");
  }

  @Test
  void aRowThatSeesNothingHasNoWeightsAndMinusInfinity() {
    float[] weights = perKey();
    float[] logSumExp = new float[BATCH * HEADS * queries];
    Arrays.fill(weights, 42f);
    float[] out =
        attend(
            options
                .withMask(AttentionMask.validLengths(0, 1))
                .withResults(new AttentionResults().weights(weights, 0).logSumExp(logSumExp, 0)));
    int half = weights.length / 2;
    assertThat(Arrays.copyOf(weights, half)).containsOnly(0f);
    assertThat(Arrays.copyOf(logSumExp, logSumExp.length / 2))
        .containsOnly(Float.NEGATIVE_INFINITY);
    assertThat(Arrays.copyOf(out, out.length / 2)).containsOnly(0f);
    assertThat(weights[half]).isEqualTo(1f);
    assertThat(Arrays.copyOfRange(weights, half + 1, half + keys)).containsOnly(0f);
    assertThat(out[out.length / 2]).as("one key gives V").isEqualTo(v[2 * keys * VALUE_DIM]);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 128", "129, 1", "0, 100", "100, 0", "1000, 3000", "128, 128"})
  void splitAnywhereAndMergedIsTheWhole(int left, int right) {
    for (long seed = 1; seed <= 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float size = seed == 3 ? 60 : 1;
      int dim = 32;
      int rows = 5;
      int all = left + right;
      float[] q = Reference.uniform(random, rows * dim, size);
      float[] k = Reference.uniform(random, all * dim, 1);
      float[] v = Reference.uniform(random, all * dim, 1);
      float[] leftLog = new float[rows];
      float[] rightLog = new float[rows];
      float[] wholeLog = new float[rows];
      float[] a = new float[rows * dim];
      float[] b = new float[rows * dim];
      part(rows, left, dim, q, k, v, 0, a, leftLog);
      part(rows, right, dim, q, k, v, left * dim, b, rightLog);
      part(rows, all, dim, q, k, v, 0, new float[rows * dim], wholeLog);
      PartialAttention.merge(
          rows, dim, a, 0, leftLog, 0, b, 0, rightLog, 0, a, 0, leftLog, 0); // in place
      double[] expected =
          Reference.attention(q, k, v, rows, all, dim, 1 / Math.sqrt(dim), (i, j) -> 1);
      double bound = (32 + 0.25 * Math.sqrt(dim) * size * Math.sqrt(dim)) * 0x1p-24;
      for (int n = 0; n < a.length; n++) {
        assertThat(Math.abs(a[n] - expected[n])).as("seed %d", seed).isLessThanOrEqualTo(bound);
      }
      for (int r = 0; r < rows; r++) {
        assertThat(Math.abs(leftLog[r] - wholeLog[r])).as("seed %d", seed).isLessThan(2e-5f);
      }
    }
  }

  private static void part(
      int rows,
      int keys,
      int dim,
      float[] q,
      float[] k,
      float[] v,
      int offset,
      float[] out,
      float[] logSumExp) {
    AttentionOptions options =
        AttentionOptions.defaults().withResults(new AttentionResults().logSumExp(logSumExp, 0));
    new ScaledDotProductAttention(1, 1, dim)
        .attend(1, rows, keys, q, 0, k, offset, v, offset, out, 0, options);
  }

  @Test
  void partsThatSawNothingMergeToZeros() {
    float[] none = {Float.NEGATIVE_INFINITY};
    float[] out = {42f};
    float[] log = {42f};
    PartialAttention.merge(
        1, 1, new float[1], 0, none, 0, new float[1], 0, none, 0, out, 0, log, 0);
    assertThat(out).containsExactly(0f);
    assertThat(log).containsExactly(Float.NEGATIVE_INFINITY);
  }

  @Test
  void errorsNameTheShape() {
    AttentionResults small = new AttentionResults().averagedWeights(new float[7], 3);
    assertThatThrownBy(() -> attend(options.withResults(small)))
        .hasMessage("averagedWeights has 7 floats, [2, 70, 260] from offset 3 on needs 36403");
    assertThatThrownBy(() -> AttentionOptions.defaults().withSoftCap(0))
        .hasMessage("soft cap is 0.0, must be finite and above 0");
  }
}
