package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true of attention whatever the numbers are. */
class AttentionPropertiesTest {
  private static final long SEED = Long.getLong("headstream.test.seed", System.nanoTime());
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final int queries = 8 + random.nextInt(13);
  private final int keys = 2 + random.nextInt(400);
  private final int dim = 8 + random.nextInt(73);
  private final float[] q = Reference.uniform(random, queries * dim, 3);
  private final float[] k = Reference.uniform(random, keys * dim, 1);
  private final float[] v = Reference.uniform(random, keys * dim, 1);
  private final boolean[] mayAttend = new boolean[queries * keys];

  AttentionPropertiesTest() {
    for (int n = 0; n < mayAttend.length; n++) {
      mayAttend[n] = random.nextInt(3) > 0;
    }
  }

  @Test
  void theOrderOfKeysDoesNotMatter() {
    int[] order = permutation(keys);
    boolean[] maskPermuted = new boolean[mayAttend.length];
    for (int n = 0; n < maskPermuted.length; n++) {
      maskPermuted[n] = mayAttend[n / keys * keys + order[n % keys]];
    }
    float[] out =
        attend(rows(q, null), rows(k, order), rows(v, order), mask(maskPermuted), Float.NaN);
    assertWithinBound(out, 0);
  }

  /** One more channel, 1 in each key, adds a number to all scores of a row. */
  @ParameterizedTest
  @ValueSource(floats = {-1000, -40, 0.5f, 40, 1000})
  void aConstantAddedToAllScoresOfARowDoesNotMatter(float constant) {
    float scale = (float) (1 / Math.sqrt(dim));
    float[] longerQ = withChannel(q, queries, constant / scale);
    float[] longerK = withChannel(k, keys, 1);
    float[] longerV = withChannel(v, keys, 0);
    float[] longerOut =
        new ScaledDotProductAttention(1, 1, dim + 1)
            .attend(
                1,
                queries,
                keys,
                longerQ,
                longerK,
                longerV,
                PLAIN.withMask(mask(mayAttend)).withScale(scale));
    float[] out = new float[queries * dim];
    for (int i = 0; i < queries; i++) {
      System.arraycopy(longerOut, i * (dim + 1), out, i * dim, dim);
    }
    assertWithinBound(out, Math.abs(constant));
  }

  @Test
  void oneKeyGivesItsValue() {
    float[] oneKey = rows(k, new int[] {keys - 1});
    float[] oneValue = rows(v, new int[] {keys - 1});
    float[] out =
        new ScaledDotProductAttention(1, 1, dim).attend(1, queries, 1, q, oneKey, oneValue, PLAIN);
    assertSameBits(out, repeat(oneValue));
    // The same where the others are there but not seen.
    boolean[] lastOnly = new boolean[queries * keys];
    for (int i = 0; i < queries; i++) {
      lastOnly[i * keys + keys - 1] = true;
    }
    assertSameBits(attend(q, k, v, mask(lastOnly), Float.NaN), repeat(oneValue));
  }

  @Test
  void noAnswerIsMinusZero() {
    float[] minusZeros = new float[keys * dim];
    Arrays.fill(minusZeros, -0f);
    assertSameBits(attend(q, k, minusZeros, mask(mayAttend), Float.NaN), new float[queries * dim]);
  }

  /** Each head by itself gives the same, with its own key/value head. */
  @Test
  void headsAreIndependent() {
    int heads = 6;
    int keyValueHeads = 2;
    float[] manyQ = Reference.uniform(random, 2 * heads * queries * dim, 1);
    float[] manyK = Reference.uniform(random, 2 * keyValueHeads * keys * dim, 1);
    float[] manyV = Reference.uniform(random, 2 * keyValueHeads * keys * dim, 1);
    float[] out =
        new ScaledDotProductAttention(heads, keyValueHeads, dim)
            .attend(2, queries, keys, manyQ, manyK, manyV, PLAIN.withMask(mask(mayAttend)));
    for (int head = 0; head < 2 * heads; head++) {
      int from = head * queries * dim;
      int keyValueFrom = head / 3 * keys * dim;
      assertSameBits(
          Arrays.copyOfRange(out, from, from + queries * dim),
          attend(
              Arrays.copyOfRange(manyQ, from, from + queries * dim),
              Arrays.copyOfRange(manyK, keyValueFrom, keyValueFrom + keys * dim),
              Arrays.copyOfRange(manyV, keyValueFrom, keyValueFrom + keys * dim),
              mask(mayAttend),
              Float.NaN));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e20f, -1e20f})
  void aHugeScaleGivesTheValueOfTheLargestScore(float scale) {
    float[] out = attend(q, k, v, mask(mayAttend), scale);
    int rowsChecked = 0;
    for (int i = 0; i < queries; i++) {
      int best = -1;
      double bestScore = Double.NEGATIVE_INFINITY;
      double second = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < keys; j++) {
        double score = Math.signum(scale) * dot(i, j);
        if (mayAttend[i * keys + j] && score > bestScore) {
          second = bestScore;
          bestScore = score;
          best = j;
        } else if (mayAttend[i * keys + j]) {
          second = Math.max(second, score);
        }
      }
      // Closer than that, rounding may decide.
      if (best >= 0 && bestScore - second > 1e-4) {
        rowsChecked++;
        for (int c = 0; c < dim; c++) {
          assertThat(out[i * dim + c])
              .as("seed %d, row %d, channel %d", SEED, i, c)
              .isEqualTo(v[best * dim + c]);
        }
      }
    }
    assertThat(rowsChecked).as("seed %d", SEED).isPositive();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.3f, -5, 100})
  void eachAnswerLiesBetweenTheValuesThatItsQuerySees(float scale) {
    float[] out = attend(q, k, v, mask(mayAttend), scale);
    for (int i = 0; i < queries; i++) {
      for (int c = 0; c < dim; c++) {
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
          if (mayAttend[i * keys + j]) {
            lowest = Math.min(lowest, v[j * dim + c]);
            highest = Math.max(highest, v[j * dim + c]);
          }
        }
        if (lowest <= highest) {
          float rounding = 32 * 0x1p-24f * Math.max(Math.abs(lowest), Math.abs(highest));
          assertThat(out[i * dim + c])
              .as("seed %d, row %d, channel %d", SEED, i, c)
              .isBetween(lowest - rounding, highest + rounding);
        } else {
          assertThat(out[i * dim + c]).as("seed %d, row %d sees nothing", SEED, i).isZero();
        }
      }
    }
  }

  @Test
  void queriesPermutedGiveTheSameAnswersPermuted() {
    int[] order = permutation(queries);
    boolean[] maskPermuted = new boolean[mayAttend.length];
    for (int i = 0; i < queries; i++) {
      System.arraycopy(mayAttend, order[i] * keys, maskPermuted, i * keys, keys);
    }
    assertSameBits(
        attend(rows(q, order), k, v, mask(maskPermuted), Float.NaN),
        rows(attend(q, k, v, mask(mayAttend), Float.NaN), order));
    assertSameBits(
        attend(rows(q, order), k, v, AttentionMask.none(), Float.NaN),
        rows(attend(q, k, v, AttentionMask.none(), Float.NaN), order));
  }

  /** Values that are the unit vectors make the answers the weights themselves. */
  @ParameterizedTest
  @CsvSource({"0.1", "0.5", "0.9"})
  void dropoutKeepsItsShareAndTheMeanOfEachWeight(double probability) {
    int n = 64;
    int runs = 400;
    float[] x = Reference.uniform(random, n * n, 0.3);
    float[] unit = new float[n * n];
    for (int j = 0; j < n; j++) {
      unit[j * n + j] = 1;
    }
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, n);
    float[] weights = attention.attend(1, n, n, x, x, unit, PLAIN);
    double[] mean = new double[n * n];
    int kept = 0;
    for (int run = 0; run < runs; run++) {
      Dropout dropout = Dropout.of(probability, SEED + run, 7);
      float[] dropped = attention.attend(1, n, n, x, x, unit, PLAIN.withDropout(dropout));
      for (int w = 0; w < dropped.length; w++) {
        if (dropped[w] != 0) {
          kept++;
          // Inverted scaling: a kept weight is its own, divided by the share that is kept.
          assertThat(dropped[w] * (1 - probability) / weights[w])
              .as("seed %d, run %d, weight %d", SEED, run, w)
              .isBetween(1 - 1e-5, 1 + 1e-5);
        }
        mean[w] += dropped[w] / (double) runs;
      }
    }
    // Seven standard deviations: by chance, one weight in 10^9 would be outside.
    double share = 7 * Math.sqrt(probability * (1 - probability) / ((double) runs * n * n));
    assertThat(kept / ((double) runs * n * n))
        .as("seed %d", SEED)
        .isBetween(1 - probability - share, 1 - probability + share);
    double spread = 7 * Math.sqrt(probability / (1 - probability) / runs);
    for (int w = 0; w < mean.length; w++) {
      assertThat(mean[w] / weights[w])
          .as("seed %d, weight %d", SEED, w)
          .isBetween(1 - spread, 1 + spread);
    }
  }

  private float[] attend(float[] q, float[] k, float[] v, AttentionMask mask, float scale) {
    AttentionOptions options = PLAIN.withMask(mask);
    return new ScaledDotProductAttention(1, 1, dim)
        .attend(1, queries, keys, q, k, v, Float.isNaN(scale) ? options : options.withScale(scale));
  }

  private AttentionMask mask(boolean[] matrix) {
    return AttentionMask.matrix(matrix, queries, keys);
  }

  /** Against the formula for the arrays as they are, whose scores are larger by a constant. */
  private void assertWithinBound(float[] out, double constant) {
    double[] expected =
        Reference.attention(
            q,
            k,
            v,
            queries,
            keys,
            dim,
            1 / Math.sqrt(dim),
            (i, j) -> mayAttend[i * keys + j] ? 1 : 0);
    for (int i = 0; i < queries; i++) {
      double maxScore = 0;
      for (int j = 0; j < keys; j++) {
        maxScore = Math.max(maxScore, Math.abs(dot(i, j)) / Math.sqrt(dim) + constant);
      }
      double bound = (32 + 0.25 * Math.sqrt(dim + 1) * maxScore) * 0x1p-24;
      for (int c = 0; c < dim; c++) {
        assertThat(Math.abs(out[i * dim + c] - expected[i * dim + c]))
            .as("seed %d, row %d, channel %d", SEED, i, c)
            .isLessThanOrEqualTo(bound);
      }
    }
  }

  private double dot(int i, int j) {
    double sum = 0;
    for (int c = 0; c < dim; c++) {
      sum += (double) q[i * dim + c] * k[j * dim + c];
    }
    return sum;
  }

  private int[] permutation(int n) {
    int[] order = new int[n];
    for (int at = 0; at < n; at++) {
      int other = random.nextInt(at + 1);
      order[at] = order[other];
      order[other] = at;
    }
    return order;
  }

  /** Rows of {@code dim} numbers in another order; all as they are without one. */
  private float[] rows(float[] x, int[] order) {
    if (order == null) {
      return x.clone();
    }
    float[] moved = new float[order.length * dim];
    for (int row = 0; row < order.length; row++) {
      System.arraycopy(x, order[row] * dim, moved, row * dim, dim);
    }
    return moved;
  }

  private float[] repeat(float[] row) {
    float[] all = new float[queries * dim];
    for (int i = 0; i < queries; i++) {
      System.arraycopy(row, 0, all, i * dim, dim);
    }
    return all;
  }

  private float[] withChannel(float[] x, int rows, float last) {
    float[] longer = new float[rows * (dim + 1)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, row * dim, longer, row * (dim + 1), dim);
      longer[row * (dim + 1) + dim] = last;
    }
    return longer;
  }
}
