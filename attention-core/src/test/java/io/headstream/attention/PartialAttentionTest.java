package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The edges of a merge; that a merge is the whole is held by {@link AttentionResultsTest}. */
class PartialAttentionTest {
  private static final float NOTHING = Float.NEGATIVE_INFINITY;

  @Test
  void aPartWithoutWeightIsLeftOutWhateverIsInIt() {
    float[] nan = {Float.NaN, Float.NaN};
    assertThat(merge(nan, NOTHING, new float[] {1, 2}, 3)).containsExactly(1, 2, 3);
    assertThat(merge(new float[] {1, 2}, 3, nan, NOTHING)).containsExactly(1, 2, 3);
  }

  @Test
  void twoPartsThatSawNothingGiveZerosAndOneWhoseScoresVanishedGivesNaN() {
    float[] zeros = {0, -0f};
    assertThat(merge(zeros, NOTHING, zeros, NOTHING)).startsWith(0f);
    float[] one = merge(new float[] {Float.NaN, 0}, NOTHING, zeros, NOTHING);
    assertThat(one[0]).isNaN();
    assertThat(one[1]).isZero();
    assertThat(one[2]).isEqualTo(NOTHING);
    assertThat(merge(zeros, NOTHING, new float[] {0, Float.NaN}, NOTHING)[1]).isNaN();
  }

  @Test
  void severalRowsAreMergedEachForItselfAtAnyOffset() {
    float[] a = {9, 1, 2, 3, 4};
    float[] b = {9, 9, 3, 4, 5, 6};
    float[] logs = {0, 0, 5, 0};
    float[] out = new float[5];
    float[] log = new float[3];
    PartialAttention.merge(2, 2, a, 1, logs, 0, b, 2, logs, 1, out, 1, log, 1);
    // Row 0: equal weights. Row 1: 1 and e^5.
    double weight = Math.exp(5) / (1 + Math.exp(5));
    assertThat(out[1]).isEqualTo(2f);
    assertThat(out[2]).isEqualTo(3f);
    assertThat((double) out[3]).isBetween(3 + 2 * weight - 1e-6, 3 + 2 * weight + 1e-6);
    assertThat((double) log[1]).isBetween(Math.log(2) - 1e-6, Math.log(2) + 1e-6);
  }

  @Test
  void rangesThatDoNotFitAreRefused() {
    float[] four = new float[4];
    float[] two = new float[2];
    refuses(0, four, 0, two, 0, four, 0, two, 0, four, 0, two, 0, "valueDim is 0");
    refuses(2, four, 1, two, 0, four, 0, two, 0, four, 0, two, 0, "a has 4");
    refuses(2, four, 0, two, 1, four, 0, two, 0, four, 0, two, 0, "aLogSumExp has 2");
    refuses(2, four, 0, two, 0, four, 1, two, 0, four, 0, two, 0, "b has 4");
    refuses(2, four, 0, two, 0, four, 0, two, 1, four, 0, two, 0, "bLogSumExp has 2");
    refuses(2, four, 0, two, 0, four, 0, two, 0, four, 1, two, 0, "out has 4");
    refuses(2, four, 0, two, 0, four, 0, two, 0, four, 0, two, 1, "logSumExp has 2");
  }

  private static void refuses(
      int dim,
      float[] a,
      int aAt,
      float[] la,
      int laAt,
      float[] b,
      int bAt,
      float[] lb,
      int lbAt,
      float[] out,
      int outAt,
      float[] log,
      int logAt,
      String text) {
    assertThatThrownBy(
            () ->
                PartialAttention.merge(
                    2, dim, a, aAt, la, laAt, b, bAt, lb, lbAt, out, outAt, log, logAt))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text);
  }

  /** One row of two channels: the merged row, then its log-sum-exp. */
  private static float[] merge(float[] a, float aLog, float[] b, float bLog) {
    float[] result = new float[3];
    PartialAttention.merge(
        1, 2, a, 0, new float[] {aLog}, 0, b, 0, new float[] {bLog}, 0, result, 0, result, 2);
    return result;
  }
}
