package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a cache and a head group refuse, and that a refused call leaves the cache as it was. */
class CacheArgumentsTest {
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private final float[] x = Reference.uniform(new SplittableRandom(1), 24, 1);
  private final KeyValueCache cache = KeyValueCache.growing(2, 3, 2, 5);

  @Test
  void aCacheHasAShape() {
    refuses(() -> KeyValueCache.growing(0, 3, 2, 5), "keyValueHeads is 0");
    refuses(() -> KeyValueCache.growing(2, 0, 2, 5), "headDim is 0");
    refuses(() -> KeyValueCache.growing(2, 3, 0, 5), "valueDim is 0");
    refuses(() -> KeyValueCache.growing(2, 3, 2, -1), "maxLength is -1");
    refuses(() -> KeyValueCache.sliding(2, 3, 2, -1, 0), "keysBefore is -1");
    refuses(() -> KeyValueCache.sliding(2, 3, 2, 0, -1), "sinks is -1");
  }

  @Test
  void whatIsAppendedFits() {
    refuses(() -> cache.append(2, x, 13, x, 0), "k has 24 floats, [2, 2, 3] from offset 13");
    refuses(() -> cache.append(2, x, 0, x, 17), "v has 24 floats, [2, 2, 2] from offset 17");
    refuses(() -> cache.append(-1, x, 0, x, 0), "[2, -1, 3]");
    assertThat(cache.length()).isZero();
    cache.append(3, x, 0, x, 0);
    assertThatThrownBy(() -> cache.append(3, x, 0, x, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cache has 3 of at most 5 positions, 3 more do not fit");
    cache.append(2, x, 0, x, 0); // as many as fit
    assertThat(cache.length()).isEqualTo(5);
  }

  @Test
  void queriesFit() {
    cache.append(3, x, 0, x, 0);
    float[] out = new float[24];
    refuses(() -> Reference.over(cache, 0).attend(cache, 0, 1, x, 0, out, 0, PLAIN), "heads is 0");
    refuses(
        () -> Reference.over(cache, 3).attend(cache, 0, 1, x, 0, out, 0, PLAIN),
        "keyValueHeads 2 does not divide");
    refuses(
        () -> Reference.over(cache, 4).attend(cache, 0, 2, x, 1, out, 0, PLAIN),
        "q has 24 floats, [4, 2, 3]");
    refuses(
        () -> Reference.over(cache, 4).attend(cache, 0, 2, x, 0, out, 9, PLAIN),
        "out has 24 floats, [4, 2, 2]");
    refuses(
        () -> Reference.over(cache, 2).attend(cache, 2, 2, x, 0, out, 0, PLAIN),
        "queries stand at 2 to 3");
    refuses(
        () -> Reference.over(cache, 2).attend(cache, -1, 2, x, 0, out, 0, PLAIN),
        "queries stand at -1 to 0");
    AttentionOptions small = PLAIN.withMask(AttentionMask.matrix(new boolean[4], 2, 2));
    refuses(() -> Reference.over(cache, 2).attend(cache, 0, 2, x, 0, out, 0, small), "[2, 2]");
    AttentionOptions two = PLAIN.withDropout(Dropout.of(0.5, 1, 2, 3));
    refuses(() -> Reference.over(cache, 2).attend(cache, 0, 2, x, 0, out, 0, two), "2 sequences");
    assertThat(out).containsOnly(0f);
  }

  @Test
  void aGroupTakesACacheOfItsOwnShapeAndLeavesItAsItWasOtherwise() {
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(8, 4, 2, 1));
    HeadGroup group = layer.headGroup(1, 2);
    float[] out = new float[12];
    KeyValueCache own = KeyValueCache.growing(1, 2, 2, 3);
    refuses(() -> group.attend(1, x, 0, cache, out, 0, PLAIN), "cache is for 2 heads");
    refuses(() -> group.attend(3, x, 1, own, out, 0, PLAIN), "x has 24 floats, [3, 8]");
    refuses(() -> group.attend(3, x, 0, own, out, 1, PLAIN), "out has 12 floats, [3, 4]");
    AttentionOptions small = PLAIN.withMask(AttentionMask.matrix(new boolean[4], 2, 2));
    refuses(() -> group.attend(3, x, 0, own, out, 0, small), "[2, 2]");
    assertThatThrownBy(() -> group.attend(4, new float[32], 0, own, new float[16], 0, PLAIN))
        .isInstanceOf(IllegalStateException.class);
    assertThat(own.length()).isZero();
    refuses(() -> group.attend(3, x, 1, out, 0, PLAIN), "x has 24 floats, [3, 8]");
    refuses(() -> group.attend(3, x, 0, out, 1, PLAIN), "out has 12 floats, [3, 4]");
  }

  @Test
  void averagedWeightsAreTheMeanOfTheHeads() {
    cache.append(3, x, 0, x, 0);
    float[] weights = new float[2 * 2 * 3];
    float[] mean = new float[2 * 3];
    AttentionResults each = new AttentionResults().weights(weights, 0);
    AttentionResults averaged = new AttentionResults().averagedWeights(mean, 0);
    Reference.over(cache, 2).attend(cache, 1, 2, x, 0, new float[8], 0, PLAIN.withResults(each));
    Reference.over(cache, 2)
        .attend(cache, 1, 2, x, 0, new float[8], 0, PLAIN.withResults(averaged));
    assertMean(mean, weights);

    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(8, 4, 4, 1));
    HeadGroup group = layer.headGroup(1, 2);
    float[] groupWeights = new float[2 * 3 * 3];
    float[] groupMean = new float[3 * 3];
    AttentionOptions causal = PLAIN.withMask(AttentionMask.causal());
    AttentionResults eachOfGroup = new AttentionResults().weights(groupWeights, 0);
    AttentionResults meanOfGroup = new AttentionResults().averagedWeights(groupMean, 0);
    group.attend(3, x, 0, new float[12], 0, causal.withResults(eachOfGroup));
    group.attend(3, x, 0, new float[12], 0, causal.withResults(meanOfGroup));
    assertMean(groupMean, groupWeights);
    float[] cachedMean = new float[3 * 3];
    AttentionResults meanOfCache = new AttentionResults().averagedWeights(cachedMean, 0);
    KeyValueCache own = KeyValueCache.growing(2, 2, 2, 3);
    group.attend(3, x, 0, own, new float[12], 0, PLAIN.withResults(meanOfCache));
    assertMean(cachedMean, groupWeights);
  }

  private static void assertMean(float[] mean, float[] ofTwoHeads) {
    for (int n = 0; n < mean.length; n++) {
      assertThat((double) mean[n])
          .isEqualTo((ofTwoHeads[n] + ofTwoHeads[mean.length + n]) / 2.0, within());
    }
    assertThat(mean[0]).isPositive();
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-7);
  }

  private static void refuses(ThrowingCallable call, String text) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
