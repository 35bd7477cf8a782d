package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledDotProductAttentionTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private static final AttentionOptions CAUSAL = PLAIN.withMask(AttentionMask.causal());

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "3, 5, 4, 1",
    "16, 16, 16, 1",
    "33, 127, 20, 1",
    "5, 128, 33, 1",
    "7, 129, 64, 1",
    "64, 300, 32, 1",
    "2, 4096, 64, 1",
    "20, 200, 64, 60",
    "0, 5, 8, 1",
    "5, 0, 8, 1"
  })
  void equalsTheFormulaWithinTheBoundOfTheFloatProduct(int queries, int keys, int dim, float size) {
    for (long seed = 1; seed <= 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] q = Reference.uniform(random, queries * dim, size);
      float[] k = Reference.uniform(random, keys * dim, 1);
      float[] v = Reference.uniform(random, keys * dim, 1);
      boolean[] matrix = new boolean[queries * keys];
      for (int n = 0; n < matrix.length; n++) {
        matrix[n] = random.nextInt(4) > 0;
      }
      check(q, k, v, queries, keys, dim, AttentionMask.none(), (i, j) -> 1, seed);
      check(q, k, v, queries, keys, dim, AttentionMask.causal(), (i, j) -> j <= i ? 1 : 0, seed);
      check(
          q,
          k,
          v,
          queries,
          keys,
          dim,
          AttentionMask.causal(-2),
          (i, j) -> j <= i - 2 ? 1 : 0,
          seed);
      AttentionMask some = AttentionMask.matrix(matrix, queries, keys);
      check(q, k, v, queries, keys, dim, some, (i, j) -> matrix[i * keys + j] ? 1 : 0, seed);
      check(
          q,
          k,
          v,
          queries,
          keys,
          dim,
          some.and(AttentionMask.causal(3)),
          (i, j) -> j <= i + 3 && matrix[i * keys + j] ? 1 : 0,
          seed);
    }
  }

  private static void check(
      float[] q,
      float[] k,
      float[] v,
      int queries,
      int keys,
      int dim,
      AttentionMask mask,
      IntBinaryOperator sees,
      long seed) {
    float[] actual =
        new ScaledDotProductAttention(1, 1, dim)
            .attend(1, queries, keys, q, k, v, PLAIN.withMask(mask));
    double[] expected = Reference.attention(q, k, v, queries, keys, dim, 1 / Math.sqrt(dim), sees);
    double maxScore = 0;
    for (int i = 0; i < queries; i++) {
      for (int j = 0; j < keys; j++) {
        double score = 0;
        for (int c = 0; c < dim; c++) {
          score += (double) q[i * dim + c] * k[j * dim + c];
        }
        maxScore = Math.max(maxScore, Math.abs(score) / Math.sqrt(dim));
      }
    }
    double bound = (32 + 0.25 * Math.sqrt(dim) * maxScore) * 0x1p-24;
    for (int n = 0; n < actual.length; n++) {
      assertThat(Math.abs(actual[n] - expected[n]))
          .as("seed %d, element %d of [%d, %d]", seed, n, queries, dim)
          .isLessThanOrEqualTo(bound);
    }
  }

  @Test
  void manyEqualKeysLoseNothing() {
    int keys = 4096;
    float[] q = Reference.uniform(new SplittableRandom(1), 8, 1);
    float[] k = new float[keys * 8];
    float[] v = new float[keys * 8];
    Arrays.fill(k, 0.7f);
    Arrays.fill(v, 0.1f);
    float[] out = new ScaledDotProductAttention(1, 1, 8).attend(1, 1, keys, q, k, v, PLAIN);
    for (float o : out) {
      assertThat(Math.abs(o - 0.1f)).isLessThanOrEqualTo(32 * 0x1p-24f * 0.1f);
    }
  }

  @Test
  void aRowThatSeesNothingGivesZeros() {
    float[] x = Reference.uniform(new SplittableRandom(1), 3 * 4, 1);
    float[] out =
        new ScaledDotProductAttention(1, 1, 4)
            .attend(1, 3, 3, x, x, x, PLAIN.withMask(AttentionMask.causal(-1)));
    assertThat(Arrays.copyOf(out, 4)).containsExactly(0f, 0f, 0f, 0f);
    assertThat(Arrays.copyOfRange(out, 4, 8)).containsExactly(Arrays.copyOf(x, 4));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatAQueryMayNotSeeChangesNothing(float poison) {
    int keys = 300;
    int dim = 20;
    SplittableRandom random = new SplittableRandom(7);
    float[] q = Reference.uniform(random, keys * dim, 2);
    float[] k = Reference.uniform(random, keys * dim, 2);
    float[] v = Reference.uniform(random, keys * dim, 2);
    boolean[] notKey150 = new boolean[keys * keys];
    for (int n = 0; n < notKey150.length; n++) {
      notKey150[n] = n % keys != 150;
    }
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, dim);
    AttentionOptions hole = PLAIN.withMask(AttentionMask.matrix(notKey150, keys, keys));
    float[] clean = attention.attend(1, keys, keys, q, k, v, hole);
    float[] cleanCausal = attention.attend(1, keys, keys, q, k, v, CAUSAL);
    Arrays.fill(k, 150 * dim, 151 * dim, poison);
    Arrays.fill(v, 150 * dim, 151 * dim, poison);
    assertSameBits(attention.attend(1, keys, keys, q, k, v, hole), clean);
    float[] causal = attention.attend(1, keys, keys, q, k, v, CAUSAL);
    assertSameBits(Arrays.copyOf(causal, 150 * dim), Arrays.copyOf(cleanCausal, 150 * dim));
    assertThat(causal[150 * dim]).as("the row that does see it").isNaN();
  }

  /** Scores of minus infinity by overflow are no mask: 0/0 must not look like an answer. */
  @Test
  void aRowAllOfWhoseScoresOverflowGivesNaN() {
    float[] q = {1e30f, -1e30f};
    float[] k = {-1e30f, -1e30f, 1};
    float[] v = {1, 2, 3};
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, 1);
    float[] two = attention.attend(1, 2, 2, q, k, v, PLAIN);
    assertThat(two[0]).as("both scores are minus infinity").isNaN();
    assertThat(two[1]).as("both are plus infinity").isNaN();
    float[] three = attention.attend(1, 1, 3, q, k, v, PLAIN);
    assertThat(three[0]).as("one score is finite").isEqualTo(3f);
    AttentionMask nothing = AttentionMask.matrix(new boolean[2], 1, 2);
    assertThat(attention.attend(1, 1, 2, q, k, v, PLAIN.withMask(nothing))[0])
        .as("nothing is seen")
        .isEqualTo(0f);
  }

  /** Half of the smallest negative number is rounded to -0, which nothing may tell from +0. */
  @Test
  void zeroHasNoSign() {
    float[] v = {-Float.MIN_VALUE, 0};
    float[] out =
        new ScaledDotProductAttention(1, 1, 1)
            .attend(1, 1, 2, new float[1], new float[2], v, PLAIN);
    assertThat(Float.floatToRawIntBits(out[0])).isZero();
  }

  @Test
  void aLaterTokenChangesNoEarlierRow() {
    int dim = 16;
    float[] x = Reference.uniform(new SplittableRandom(3), 400 * dim, 3);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, dim);
    float[] whole = attention.attend(1, 400, 400, x, x, x, CAUSAL);
    for (int length : new int[] {1, 2, 16, 127, 128, 129, 255, 256, 257, 399}) {
      assertSameBits(
          attention.attend(1, length, length, x, x, x, CAUSAL), Arrays.copyOf(whole, length * dim));
    }
  }

  @Test
  void groupedHeadsEqualRepeatedHeads() {
    int length = 40;
    int dim = 8;
    SplittableRandom random = new SplittableRandom(5);
    float[] q = Reference.uniform(random, 2 * 6 * length * dim, 1);
    float[] k = Reference.uniform(random, 2 * 2 * length * dim, 1);
    float[] v = Reference.uniform(random, 2 * 2 * length * dim, 1);
    float[] grouped =
        new ScaledDotProductAttention(6, 2, dim).attend(2, length, length, q, k, v, CAUSAL);
    float[] repeated =
        new ScaledDotProductAttention(6, 6, dim)
            .attend(2, length, length, q, repeat(k, length * dim), repeat(v, length * dim), CAUSAL);
    assertSameBits(grouped, repeated);
  }

  /** Each head three times. */
  private static float[] repeat(float[] heads, int size) {
    float[] repeated = new float[heads.length * 3];
    for (int n = 0; n < repeated.length / size; n++) {
      System.arraycopy(heads, n / 3 * size, repeated, n * size, size);
    }
    return repeated;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void threadsChangeNoBit(int threads) {
    SplittableRandom random = new SplittableRandom(9);
    float[] q = Reference.uniform(random, 2 * 4 * 50 * 12, 1);
    float[] k = Reference.uniform(random, 2 * 4 * 70 * 12, 1);
    float[] v = Reference.uniform(random, 2 * 4 * 70 * 12, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(4, 4, 12);
    AttentionOptions options = PLAIN.withDropout(Dropout.of(0.2, 1, 10, 11));
    float[] alone = attention.attend(2, 50, 70, q, k, v, options);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      assertSameBits(
          attention.attend(2, 50, 70, q, k, v, options.withExecutor(pool, threads)), alone);
    } finally {
      pool.shutdown();
    }
    // An executor that refuses costs speed and nothing else.
    AttentionOptions refused =
        options.withExecutor(
            task -> {
              throw new RejectedExecutionException();
            },
            threads);
    assertSameBits(attention.attend(2, 50, 70, q, k, v, refused), alone);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 8})
  void rangesMayBeginAnywhereAndNothingElseIsWritten(int offset) {
    SplittableRandom random = new SplittableRandom(11);
    int size = 2 * 3 * 9 * 5;
    float[] q = Reference.uniform(random, size, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(3, 3, 5);
    float[] expected = attention.attend(2, 9, 9, q, q, q, CAUSAL);
    float[] shifted = new float[size + 20];
    System.arraycopy(q, 0, shifted, offset, size);
    float[] out = new float[size + 20];
    Arrays.fill(out, 42f);
    attention.attend(
        2, 9, 9, shifted, offset, shifted, offset, shifted, offset, out, offset, CAUSAL);
    assertSameBits(Arrays.copyOfRange(out, offset, offset + size), expected);
    for (int n = 0; n < out.length; n++) {
      if (n < offset || n >= offset + size) {
        assertThat(out[n]).isEqualTo(42f);
      }
    }
  }

  @Test
  void aBatchIsItsMembersAlone() {
    SplittableRandom random = new SplittableRandom(13);
    int size = 2 * 30 * 8;
    float[] x = Reference.uniform(random, 3 * size, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2, 2, 8);
    float[] batch =
        attention.attend(3, 30, 30, x, x, x, CAUSAL.withDropout(Dropout.of(0.5, 4, 100, 200, 300)));
    for (int b = 0; b < 3; b++) {
      float[] member = Arrays.copyOfRange(x, b * size, (b + 1) * size);
      AttentionOptions options = CAUSAL.withDropout(Dropout.of(0.5, 4, 100 * (b + 1)));
      assertSameBits(
          attention.attend(1, 30, 30, member, member, member, options),
          Arrays.copyOfRange(batch, b * size, (b + 1) * size));
    }
  }

  @Test
  void dropoutKeepsItsShareAndTheMean() {
    int keys = 1000;
    int queries = 200;
    float[] q = new float[queries];
    float[] k = new float[keys];
    float[] v = new float[keys];
    Arrays.fill(v, 1f); // equal scores and values of 1: a row's answer is its kept share / 0.7
    float[] out =
        new ScaledDotProductAttention(1, 1, 1)
            .attend(1, queries, keys, q, k, v, PLAIN.withDropout(Dropout.of(0.3, 99, 5)));
    double mean = 0;
    for (float o : out) {
      // Six standard deviations of the share of 1,000 draws.
      assertThat((double) o).isBetween(1 - 0.125, 1 + 0.125);
      mean += o / queries;
    }
    assertThat(mean).isBetween(1 - 0.01, 1 + 0.01);
    assertThat(Arrays.equals(Arrays.copyOf(out, 100), Arrays.copyOfRange(out, 100, 200))).isFalse();
  }

  @Test
  void dropoutIsOffByDefaultAndAtZero() {
    float[] x = Reference.uniform(new SplittableRandom(2), 10 * 4, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, 4);
    assertSameBits(
        attention.attend(1, 10, 10, x, x, x, PLAIN.withDropout(Dropout.of(0, 7, 1))),
        attention.attend(1, 10, 10, x, x, x, PLAIN));
  }

  @Test
  void aScaleOfZeroGivesTheMean() {
    float[] x = {1, 2, 3, 6};
    float[] out =
        new ScaledDotProductAttention(1, 1, 1).attend(1, 4, 4, x, x, x, PLAIN.withScale(0));
    assertThat(out).containsExactly(3f, 3f, 3f, 3f);
  }

  @Test
  void errorsNameWhatWasWrong() {
    assertThatThrownBy(() -> new ScaledDotProductAttention(6, 4, 8))
        .hasMessage("keyValueHeads 4 does not divide heads 6");
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, 8);
    float[] x = new float[80];
    assertThatThrownBy(() -> attention.attend(1, 10, 11, x, x, x, PLAIN))
        .hasMessage("k has 80 floats, [1, 1, 11, 8] from offset 0 on needs 88");
    assertThatThrownBy(() -> attention.attend(1, -1, 10, x, x, x, PLAIN))
        .hasMessage("q has the shape [1, 1, -1, 8], no size may be negative");
    AttentionMask mask = AttentionMask.matrix(new boolean[6], 2, 3);
    assertThatThrownBy(() -> attention.attend(1, 10, 10, x, x, x, PLAIN.withMask(mask)))
        .hasMessage("mask is [2, 3], queries and keys are [10, 10]");
    assertThatThrownBy(() -> AttentionMask.matrix(new boolean[5], 2, 3))
        .hasMessage("mask has 5 entries, [queryLength 2, keyLength 3] needs 6");
    assertThatThrownBy(() -> Dropout.of(1, 0))
        .hasMessage("dropout is 1.0, must be at least 0 and below 1");
    assertThatThrownBy(
            () -> attention.attend(1, 10, 10, x, x, x, PLAIN.withDropout(Dropout.of(.5, 0, 1, 2))))
        .hasMessage("dropout names 2 sequences, batch is 1");
  }

  static void assertSameBits(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int n = 0; n < actual.length; n++) {
      assertThat(Float.floatToIntBits(actual[n]))
          .as("element %d: %s and %s", n, actual[n], expected[n])
          .isEqualTo(Float.floatToIntBits(expected[n]));
    }
  }
}
