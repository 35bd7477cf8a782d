package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How far an answer may be from the formula, row by row, in units of 2^-24 times the largest value
 * that the row sees.
 *
 * <p>Against double precision throughout: {@code 32 + 0.25·√d_k·max|score|}, where the second part
 * is what scores lose as float products. Against double precision on the same float scores: 32.
 */
class ErrorBoundTest {
  private static final long SEED = Long.getLong("headstream.test.seed", 20261123);

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 1f, 8f, 20f, 50f})
  void holdsOverRandomShapes(float maxScore) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int n = 0; n < 24; n++) {
      // Small sizes as likely as large ones.
      int keys = 1 + random.nextInt(1 << random.nextInt(13));
      int dim = 1 + random.nextInt(1 << random.nextInt(9));
      int queries = 1 + random.nextInt(6);
      check(new Case(random, queries, keys, dim, maxScore));
    }
  }

  @ParameterizedTest
  @CsvSource({"4096, 256", "4096, 1", "4095, 255", "129, 256", "128, 64", "127, 3", "1, 256"})
  void holdsAtTheLargestShapesAndAroundTiles(int keys, int dim) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (float maxScore : new float[] {0, 1, 50}) {
      check(new Case(random, 3, keys, dim, maxScore));
    }
  }

  /** Where one chain over all keys would be 41 times above the bound. */
  @ParameterizedTest
  @ValueSource(ints = {128, 4000, 4096})
  void holdsForEqualKeys(int keys) {
    for (float maxScore : new float[] {0, 1, 50}) {
      check(equalKeys(SEED, keys, maxScore));
    }
  }

  /** Then all roundings of a tile's chain may go the same way. */
  @Test
  void holdsForEqualKeysWithEqualValues() {
    // The worst of 200,000 values where 128 keys are one chain: there it loses 36.7.
    Case test = equalKeys(1, 4096, 0);
    Arrays.fill(test.v, 0.7902107f);
    check(test);
  }

  private static Case equalKeys(long seed, int keys, float maxScore) {
    Case test = new Case(new SplittableRandom(seed), 2, keys, 16, maxScore);
    for (int j = 1; j < keys; j++) {
      System.arraycopy(test.k, 0, test.k, j * 16, 16);
    }
    return test;
  }

  @Test
  void holdsForValuesOfOneSign() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (float maxScore : new float[] {0.5f, 5, 50}) {
      Case test = new Case(random, 4, 3000, 32, maxScore);
      for (int n = 0; n < test.v.length; n++) {
        test.v[n] = Math.abs(test.v[n]) * 1000;
      }
      check(test);
    }
  }

  private static void check(Case test) {
    boolean[] mayAttend = test.mayAttend;
    AttentionMask some = AttentionMask.matrix(mayAttend, test.queries, test.keys);
    AttentionMask causal = AttentionMask.causal(test.keys / 2);
    boolean[] all = new boolean[mayAttend.length];
    Arrays.fill(all, true);
    boolean[] both = new boolean[mayAttend.length];
    for (int n = 0; n < both.length; n++) {
      both[n] = mayAttend[n] && n % test.keys <= n / test.keys + test.keys / 2;
    }
    check(test, AttentionMask.none(), all);
    check(test, some, mayAttend);
    check(test, some.and(causal), both);
  }

  private static void check(Case test, AttentionMask mask, boolean[] sees) {
    float[] actual =
        new ScaledDotProductAttention(1, 1, test.dim)
            .attend(
                1,
                test.queries,
                test.keys,
                test.q,
                test.k,
                test.v,
                AttentionOptions.defaults().withMask(mask));
    for (int i = 0; i < test.queries; i++) {
      double[] exact = new double[test.keys];
      double[] rounded = new double[test.keys];
      double maxScore = 0;
      double maxValue = 0;
      for (int j = 0; j < test.keys; j++) {
        exact[j] = Double.NEGATIVE_INFINITY;
        rounded[j] = Double.NEGATIVE_INFINITY;
        if (sees[i * test.keys + j]) {
          exact[j] = test.exactScore(i, j);
          rounded[j] = test.floatScore(i, j);
          maxScore = Math.max(maxScore, Math.abs(exact[j]));
          for (int c = 0; c < test.dim; c++) {
            maxValue = Math.max(maxValue, Math.abs(test.v[j * test.dim + c]));
          }
        }
      }
      double product = 32 + 0.25 * Math.sqrt(test.dim) * maxScore;
      check(test, "the formula", i, actual, test.attend(exact), product, maxValue);
      check(test, "the same scores", i, actual, test.attend(rounded), 32, maxValue);
    }
  }

  private static void check(
      Case test,
      String against,
      int i,
      float[] actual,
      double[] expected,
      double bound,
      double maxValue) {
    for (int c = 0; c < test.dim; c++) {
      double error = Math.abs(actual[i * test.dim + c] - expected[c]);
      if (!(error <= bound * 0x1p-24 * maxValue)) {
        assertThat(error / (0x1p-24 * maxValue))
            .as(
                "seed %d, against %s, row %d channel %d, [%d, %d, %d], scores to %s",
                SEED, against, i, c, test.queries, test.keys, test.dim, test.maxScore)
            .isLessThanOrEqualTo(bound);
      }
    }
  }

  /** Random arrays whose scores reach a given size. */
  private static final class Case {
    private final int queries;
    private final int keys;
    private final int dim;
    private final float maxScore;
    private final float[] q;
    private final float[] k;
    private final float[] v;
    private final boolean[] mayAttend;

    Case(SplittableRandom random, int queries, int keys, int dim, float maxScore) {
      this.queries = queries;
      this.keys = keys;
      this.dim = dim;
      this.maxScore = maxScore;
      this.q = Reference.uniform(random, queries * dim, 1);
      this.k = Reference.uniform(random, keys * dim, 1);
      this.v = Reference.uniform(random, keys * dim, 1);
      this.mayAttend = new boolean[queries * keys];
      for (int n = 0; n < mayAttend.length; n++) {
        mayAttend[n] = random.nextInt(4) > 0;
      }
      for (int i = 0; i < queries; i++) {
        double largest = Double.MIN_NORMAL;
        for (int j = 0; j < keys; j++) {
          largest = Math.max(largest, Math.abs(exactScore(i, j)));
        }
        for (int c = 0; c < dim; c++) {
          q[i * dim + c] *= (float) (maxScore / largest);
        }
      }
    }

    double exactScore(int i, int j) {
      double sum = 0;
      for (int c = 0; c < dim; c++) {
        sum += (double) q[i * dim + c] * k[j * dim + c];
      }
      return sum / Math.sqrt(dim);
    }

    /** The score as it is rounded: scale first, then one chain for each 64 channels. */
    float floatScore(int i, int j) {
      float scale = (float) (1 / Math.sqrt(dim));
      float score = 0;
      for (int first = 0; first < dim; first += 64) {
        float chain = 0;
        for (int c = first; c < Math.min(dim, first + 64); c++) {
          chain = Math.fma(q[i * dim + c] * scale, k[j * dim + c], chain);
        }
        score = first == 0 ? chain : score + chain;
      }
      return score;
    }

    /** One row's answer in double precision; zeros if no score is finite. */
    double[] attend(double[] scores) {
      double max = Arrays.stream(scores).max().orElse(Double.NEGATIVE_INFINITY);
      double[] out = new double[dim];
      if (max == Double.NEGATIVE_INFINITY) {
        return out;
      }
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        double weight = Math.exp(scores[j] - max);
        sum += weight;
        for (int c = 0; c < dim; c++) {
          out[c] += weight * v[j * dim + c];
        }
      }
      for (int c = 0; c < dim; c++) {
        out[c] /= sum;
      }
      return out;
    }
  }
}
