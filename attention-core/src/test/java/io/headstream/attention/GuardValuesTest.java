package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.cache.KeyValueCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges may begin anywhere, and around those that a call writes nothing is touched. */
class GuardValuesTest {
  private static final float GUARD = 42f;
  private static final int LENGTH = 131;

  /** Arrays with the same room before and behind what a call writes. */
  private static final class Guarded {
    private final int offset;
    private final List<float[]> arrays = new ArrayList<>();

    Guarded(int offset) {
      this.offset = offset;
    }

    float[] array(int size) {
      float[] array = new float[size + 2 * offset];
      Arrays.fill(array, GUARD);
      arrays.add(array);
      return array;
    }

    void check() {
      for (float[] array : arrays) {
        for (int n = 0; n < offset; n++) {
          assertThat(array[n]).isEqualTo(GUARD);
          assertThat(array[array.length - 1 - n]).isEqualTo(GUARD);
        }
      }
    }

    float[] written(float[] array) {
      return Arrays.copyOfRange(array, offset, array.length - offset);
    }
  }

  private static float[] shifted(float[] x, int offset) {
    float[] shifted = new float[x.length + offset + 1];
    Arrays.fill(shifted, Float.NaN);
    System.arraycopy(x, 0, shifted, offset, x.length);
    return shifted;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
  void ofEverythingThatACallMayWrite(int offset) {
    Guarded guarded = new Guarded(offset);
    SplittableRandom random = new SplittableRandom(offset);
    float[] q = Reference.uniform(random, 2 * LENGTH * 5, 1);
    float[] k = Reference.uniform(random, LENGTH * 5, 1);
    float[] v = Reference.uniform(random, LENGTH * 3, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(2, 1, 5, 3);
    AttentionOptions causal = AttentionOptions.defaults().withMask(AttentionMask.causal());
    float[] expected = attention.attend(1, LENGTH, LENGTH, q, k, v, causal);

    float[] out = guarded.array(expected.length);
    int square = LENGTH * LENGTH;
    float[] logSumExp = guarded.array(2 * LENGTH);
    AttentionResults results =
        new AttentionResults()
            .scores(ScoreStage.RAW, guarded.array(2 * square), offset)
            .scores(ScoreStage.CAPPED, guarded.array(2 * square), offset)
            .scores(ScoreStage.MASKED, guarded.array(2 * square), offset)
            .weights(guarded.array(2 * square), offset)
            .averagedWeights(guarded.array(square), offset)
            .logSumExp(logSumExp, offset);
    attention.attend(
        1,
        LENGTH,
        LENGTH,
        shifted(q, offset),
        offset,
        shifted(k, offset),
        offset,
        shifted(v, offset),
        offset,
        out,
        offset,
        causal.withResults(results));
    guarded.check();
    Bits.assertSame(guarded.written(out), expected, "offset %d", offset);

    float[] merged = guarded.array(expected.length);
    float[] mergedLog = guarded.array(2 * LENGTH);
    float[] nothing = new float[2 * LENGTH];
    Arrays.fill(nothing, Float.NEGATIVE_INFINITY);
    PartialAttention.merge(
        2 * LENGTH,
        3,
        out,
        offset,
        logSumExp,
        offset,
        new float[expected.length],
        0,
        nothing,
        0,
        merged,
        offset,
        mergedLog,
        offset);
    guarded.check();
    Bits.assertSame(guarded.written(merged), expected, "merged with nothing");

    KeyValueCache cache = KeyValueCache.sliding(1, 5, 3, LENGTH, 0);
    cache.append(LENGTH, shifted(k, offset), offset, shifted(v, offset), offset);
    float[] cached = guarded.array(expected.length);
    AttentionOptions plain = AttentionOptions.defaults();
    Reference.over(cache, 2)
        .attend(cache, 0, LENGTH, shifted(q, offset), offset, cached, offset, plain);
    guarded.check();
    Bits.assertSame(guarded.written(cached), expected, "cached");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void noKeysGiveZerosAndNoQueriesNothing(int queries) {
    float[] out = {GUARD, GUARD, GUARD, GUARD, GUARD, GUARD};
    float[] logSumExp = {GUARD, GUARD, GUARD, GUARD, GUARD, GUARD};
    AttentionResults results =
        new AttentionResults()
            .logSumExp(logSumExp, 0)
            .weights(new float[0], 0)
            .averagedWeights(new float[0], 0)
            .scores(ScoreStage.RAW, new float[0], 0);
    AttentionOptions options =
        AttentionOptions.defaults()
            .withResults(results)
            .withMask(AttentionMask.causalBottomRight());
    float[] none = {};
    new ScaledDotProductAttention(1, 1, 2, 1)
        .attend(1, queries, 0, new float[10], 0, none, 0, none, 0, out, 0, options);
    for (int i = 0; i < out.length; i++) {
      assertThat(out[i]).isEqualTo(i < queries ? 0f : GUARD);
      assertThat(logSumExp[i]).isEqualTo(i < queries ? Float.NEGATIVE_INFINITY : GUARD);
    }
    KeyValueCache cache = KeyValueCache.growing(1, 2, 1, 0);
    cache.append(0, none, 0, none, 0);
    Reference.over(cache, 1).attend(cache, 0, 0, none, 0, none, 0, AttentionOptions.defaults());
    assertThat(cache.pageCount()).isZero();
  }
}
