package io.headstream.attention.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.internal.kernel.Exp;
import io.headstream.attention.internal.kernel.TileKernel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The passes of the softmax give what number by number comes out, whatever the scores are. */
class VectorSoftmaxTest {
  private static final int LANES = VectorProducts.LANES;
  private static final int CHAINS = TileKernel.CHAINS;

  private static final float[] ORDINARY = {0f, -0f, 1f, -1f, 50f, -50f, -88f, -88.1f, -200f};
  private static final float[] ANY = {
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

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 63, 64, 100, 127, 128})
  void queriesInLanes(int keys) {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      VectorSoftmax softmax = new VectorSoftmax();
      softmax.begin();
      float[] max = begun(LANES, -Float.MAX_VALUE);
      float[] sum = begun(LANES, 0f);
      int group = LANES * random.nextInt(TileKernel.BLOCK / LANES);
      for (int tile = 0; tile < 3; tile++) {
        int at = 3;
        float[] s = scores(random, at + TileKernel.TILE * LANES);
        float[] before = s.clone();
        softmax.weigh(group, s, at, keys, tile == 0);
        for (int lane = 0; lane < LANES; lane++) {
          float[] row = new float[keys];
          for (int j = 0; j < keys; j++) {
            row[j] = before[at + j * LANES + lane];
          }
          float alpha = weigh(row, max, sum, lane);
          for (int j = 0; j < keys; j++) {
            assertSame(s[at + j * LANES + lane], row[j], seed);
          }
          if (tile > 0) {
            assertSame(softmax.alpha()[group + lane], alpha, seed);
          }
          assertSame(softmax.max(group + lane), max[lane], seed);
          assertSame(softmax.sum()[group + lane], sum[lane], seed);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 16, 17, 63, 64, 100, 127, 128})
  void keysInLanes(int keys) {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      VectorRowSoftmax softmax = new VectorRowSoftmax(2);
      softmax.begin(2);
      float[] max = begun(1, -Float.MAX_VALUE);
      float[] sum = begun(1, 0f);
      for (int tile = 0; tile < 3; tile++) {
        float[] s = scores(random, 2 * TileKernel.TILE);
        float[] row = new float[keys];
        System.arraycopy(s, TileKernel.TILE, row, 0, keys);
        softmax.weigh(1, s, TileKernel.TILE, keys);
        float alpha = weigh(row, max, sum, 0);
        for (int j = 0; j < keys; j++) {
          assertSame(s[TileKernel.TILE + j], row[j], seed);
        }
        assertSame(softmax.alpha()[1], alpha, seed);
        assertSame(softmax.max(1), max[0], seed);
        assertSame(softmax.sum()[1], sum[0], seed);
      }
    }
  }

  /** The rules of {@link TileKernel}, one after the other. */
  private static float weigh(float[] row, float[] max, float[] sum, int lane) {
    float newMax = max[lane];
    for (float score : row) {
      newMax = Math.max(newMax, score);
    }
    float[] chains = new float[CHAINS];
    for (int j = 0; j < row.length; j++) {
      row[j] = Exp.exp(row[j] - newMax);
      chains[j % CHAINS] += row[j];
    }
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int chain = 0; chain < half; chain++) {
        chains[chain] += chains[chain + half];
      }
    }
    float alpha = Exp.exp(max[lane] - newMax);
    max[lane] = newMax;
    sum[lane] = Math.fma(sum[lane], alpha, chains[0]);
    return alpha;
  }

  /** Mostly ordinary scores; in some arrays all are below 0, in some a few are any. */
  private static float[] scores(SplittableRandom random, int n) {
    boolean below = random.nextInt(3) == 0;
    int any = random.nextInt(3) == 0 ? 40 : Integer.MAX_VALUE;
    float[] s = new float[n];
    for (int i = 0; i < n; i++) {
      float[] of = random.nextInt(any) == 0 ? ANY : ORDINARY;
      float score = of[random.nextInt(of.length)] + (float) random.nextDouble(-1, 1);
      s[i] = below && of == ORDINARY ? -Math.abs(score) : of == ANY ? of[i % of.length] : score;
    }
    return s;
  }

  private static float[] begun(int n, float value) {
    float[] all = new float[n];
    Arrays.fill(all, value);
    return all;
  }

  private static void assertSame(float actual, float expected, long seed) {
    if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
      assertThat(actual).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
