package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValueCacheTest {
  private static final int HEADS = 4;
  private static final int KV = 2;
  private static final int DIM = 6;
  private static final int VALUE_DIM = 5;
  private static final int LENGTH = 420;
  private static final AttentionOptions PLAIN = AttentionOptions.defaults();
  private static final ScaledDotProductAttention ATTENTION =
      new ScaledDotProductAttention(HEADS, KV, DIM, VALUE_DIM);

  private final SplittableRandom random = new SplittableRandom(77);
  private final float[] q = Reference.uniform(random, HEADS * LENGTH * DIM, 3);
  private final float[] k = Reference.uniform(random, KV * LENGTH * DIM, 3);
  private final float[] v = Reference.uniform(random, KV * LENGTH * VALUE_DIM, 1);

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 100, 128, LENGTH})
  void blocksOfAnySizeGiveTheRowsOfTheCausalPass(int block) {
    AttentionOptions options = PLAIN.withDropout(Dropout.of(0.1, 3, 9)).withSoftCap(3);
    float[] expected = pass(options.withMask(AttentionMask.causal()));
    KeyValueCache cache = KeyValueCache.growing(KV, DIM, VALUE_DIM, LENGTH);
    Bits.assertSame(decode(cache, block, options), expected, "blocks of %d", block);
    assertThat(cache.pageCount()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1", "1, 0, 1", "5, 3, 1", "63, 64, 1", "64, 1, 1", "64, 65, 7", "100, 130, 1",
    "127, 0, 1", "128, 0, 1", "129, 0, 50", "200, 5, 1", "1000, 5, 1", "10, 1000, 1", "20, 2, 200"
  })
  void aSlidingCacheGivesTheRowsOfTheWindowAndKeepsNoMore(int keysBefore, int sinks, int block) {
    AttentionOptions options = PLAIN.withDropout(Dropout.of(0.1, 3, 9));
    float[] expected = pass(options.withMask(AttentionMask.window(keysBefore, 0, sinks)));
    KeyValueCache cache = KeyValueCache.sliding(KV, DIM, VALUE_DIM, keysBefore, sinks);
    Bits.assertSame(decode(cache, block, options), expected, "window");
    int kept = 0;
    for (int index = 0; index < cache.pageCount(); index++) {
      kept += cache.page(index) == null ? 0 : 1;
    }
    assertThat(kept)
        .isLessThanOrEqualTo((sinks + 63) / 64 + (keysBefore + 63) / 64 + (block + 63) / 64 + 1);
  }

  @Test
  void whatIsNotFiniteSpoilsTheRowsThatSeeItAndNoOthers() {
    Arrays.fill(v, 70 * VALUE_DIM, 71 * VALUE_DIM, Float.NaN);
    Arrays.fill(k, 90 * DIM, 91 * DIM, Float.POSITIVE_INFINITY);
    AttentionMask window = AttentionMask.window(30, 0);
    float[] expected = pass(PLAIN.withMask(window));
    KeyValueCache cache = KeyValueCache.sliding(KV, DIM, VALUE_DIM, 30, 0);
    Bits.assertSame(decode(cache, 1, PLAIN), expected, "not finite");
    assertThat(expected[69 * VALUE_DIM]).isFinite();
    assertThat(expected[70 * VALUE_DIM]).isNaN();
    assertThat(expected[100 * VALUE_DIM]).isNaN();
    assertThat(expected[121 * VALUE_DIM]).isFinite();
  }

  @Test
  void aMaskHoldsBesideTheWindowAndWeightsAreThoseOfThePass() {
    float[] bias = Reference.uniform(random, HEADS, 1);
    AttentionMask mask = AttentionMask.bias(bias, HEADS, 1, 1).and(AttentionMask.window(300, 0, 1));
    float[] weights = new float[HEADS * LENGTH * LENGTH];
    AttentionOptions options = PLAIN.withMask(mask.and(AttentionMask.window(90, 0, 70)));
    pass(options.withResults(new AttentionResults().weights(weights, 0)));
    KeyValueCache cache = KeyValueCache.sliding(KV, DIM, VALUE_DIM, 90, 70);
    decode(cache, 1, PLAIN.withMask(mask));
    float[] row = new float[HEADS * LENGTH];
    float[] last = new float[HEADS * DIM];
    for (int h = 0; h < HEADS; h++) {
      System.arraycopy(q, ((h + 1) * LENGTH - 1) * DIM, last, h * DIM, DIM);
    }
    AttentionResults results = new AttentionResults().weights(row, 0);
    AttentionOptions asked = PLAIN.withMask(mask).withResults(results);
    Reference.over(cache, HEADS)
        .attend(cache, LENGTH - 1, 1, last, 0, new float[HEADS * VALUE_DIM], 0, asked);
    for (int h = 0; h < HEADS; h++) {
      Bits.assertSame(
          Arrays.copyOfRange(row, h * LENGTH, (h + 1) * LENGTH),
          Arrays.copyOfRange(weights, ((h + 1) * LENGTH - 1) * LENGTH, (h + 1) * LENGTH * LENGTH),
          "weights of head %d",
          h);
    }
  }

  @Test
  void aMaskMayHideKeysThatTheCacheShows() {
    boolean[] holes = new boolean[LENGTH];
    for (int j = 0; j < LENGTH; j++) {
      holes[j] = j % 3 != 0;
    }
    AttentionOptions options = PLAIN.withMask(AttentionMask.matrix(holes, LENGTH));
    float[] expected =
        pass(PLAIN.withMask(AttentionMask.matrix(holes, LENGTH).and(AttentionMask.causal())));
    KeyValueCache cache = KeyValueCache.growing(KV, DIM, VALUE_DIM, LENGTH);
    cache.append(LENGTH, k, 0, v, 0);
    float[] out = new float[HEADS * LENGTH * VALUE_DIM];
    Reference.over(cache, HEADS).attend(cache, 0, LENGTH, q, 0, out, 0, options);
    Bits.assertSame(out, expected, "holes");
  }

  @ParameterizedTest
  @CsvSource({"2147483647, 0", "100, 0", "100, 70", "0, 1"})
  void pagesMayBeCarriedIntoAnotherCache(int keysBefore, int sinks) {
    float[] expected = pass(PLAIN.withMask(AttentionMask.window(keysBefore, 0, sinks)));
    float[] out = new float[HEADS * LENGTH * VALUE_DIM];
    KeyValueCache cache = cache(keysBefore, sinks);
    for (int i = 0; i < LENGTH; i++) {
      KeyValueCache before = cache;
      cache = cache(keysBefore, sinks);
      cache.restore(
          before.length(),
          index -> {
            KeyValuePage page = before.page(index);
            return KeyValuePage.of(
                page.keys().clone(), page.values().clone(), page.length(), page.valuesFinite());
          });
      step(cache, i, 1, PLAIN, out);
    }
    Bits.assertSame(out, expected, "carried at each position");
  }

  private static KeyValueCache cache(int keysBefore, int sinks) {
    return keysBefore == Integer.MAX_VALUE
        ? KeyValueCache.growing(KV, DIM, VALUE_DIM, LENGTH)
        : KeyValueCache.sliding(KV, DIM, VALUE_DIM, keysBefore, sinks);
  }

  @Test
  void aLayerDecodesTheRowsOfItsCausalPass() {
    AttentionParameters weights = AttentionParameters.xavierUniform(24, 6, 2, 9);
    MultiHeadAttention layer = new MultiHeadAttention(weights);
    float[] x = Reference.uniform(random, LENGTH * 24, 1);
    AttentionOptions options = PLAIN.withDropout(Dropout.of(0.2, 1, 2));
    float[] expected =
        layer.attend(1, LENGTH, x, options.withMask(AttentionMask.window(150, 0, 2)));
    KeyValueCache cache = KeyValueCache.sliding(2, 4, 4, 150, 2);
    float[] out = new float[LENGTH * 24];
    for (int i = 0, step = 1; i < LENGTH; i += step, step = Math.min(1 + i % 5, LENGTH - i)) {
      layer.attend(step, x, i * 24, cache, out, i * 24, options);
    }
    Bits.assertSame(out, expected, "tokens");

    HeadGroup group = layer.headGroup(1, 2);
    KeyValueCache ofGroup = KeyValueCache.growing(1, 4, 4, LENGTH);
    float[] columns = new float[LENGTH * 12];
    float[] decoded = new float[LENGTH * 12];
    group.attend(LENGTH, x, 0, columns, 0, options.withMask(AttentionMask.causal()));
    for (int i = 0; i < LENGTH; i++) {
      group.attend(1, x, i * 24, ofGroup, decoded, i * 12, options);
    }
    Bits.assertSame(decoded, columns, "head group");
  }

  @Test
  void errorsNameWhatWasWrong() {
    KeyValueCache full = KeyValueCache.growing(KV, DIM, VALUE_DIM, 10);
    full.append(8, k, 0, v, 0);
    assertThatThrownBy(() -> full.append(3, k, 0, v, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cache has 8 of at most 10 positions, 3 more do not fit");
    assertThat(full.length()).isEqualTo(8);
    assertThatThrownBy(() -> attend(full, 7, 2, PLAIN))
        .hasMessage("queries stand at 7 to 8, the cache has 8 positions");
    assertThatThrownBy(() -> attend(full, 0, 8, PLAIN.withMask(AttentionMask.packed(0, 8))))
        .hasMessage("mask packs documents, a cache holds one sequence");
    KeyValueCache slid = KeyValueCache.sliding(KV, DIM, VALUE_DIM, 10, 0);
    decode(slid, 1, PLAIN);
    assertThatThrownBy(() -> attend(slid, 100, 1, PLAIN))
        .hasMessage("the query at 100 sees keys from 90 on, those before 384 were released");
    KeyValueCache other = KeyValueCache.growing(KV, DIM, VALUE_DIM, 10);
    assertThatThrownBy(() -> other.restore(8, index -> null)).hasMessage("page 0 is missing");
    assertThatThrownBy(() -> other.restore(7, full::page))
        .hasMessage("page 0 has 8 positions, 768 and 640 floats; expected 7, 768 and 640");
    assertThat(other.length()).isZero();
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(24, 6, 2, 9));
    assertThatThrownBy(() -> layer.attend(1, new float[24], 0, full, new float[24], 0, PLAIN))
        .hasMessage("cache is for 2 heads of 6 and 5 channels, the layer's part has 2 of 4");
  }

  private static void attend(
      KeyValueCache cache, int position, int queries, AttentionOptions options) {
    float[] q = new float[HEADS * queries * DIM];
    float[] out = new float[HEADS * queries * VALUE_DIM];
    Reference.over(cache, HEADS).attend(cache, position, queries, q, 0, out, 0, options);
  }

  private float[] pass(AttentionOptions options) {
    return ATTENTION.attend(1, LENGTH, LENGTH, q, k, v, options);
  }

  private float[] decode(KeyValueCache cache, int block, AttentionOptions options) {
    float[] out = new float[HEADS * LENGTH * VALUE_DIM];
    for (int i = 0; i < LENGTH; i += block) {
      step(cache, i, Math.min(block, LENGTH - i), options, out);
    }
    return out;
  }

  /** Appends some positions and attends with their queries. */
  private void step(KeyValueCache cache, int i, int count, AttentionOptions options, float[] out) {
    cache.append(
        count, rows(k, KV, LENGTH, i, count, DIM), 0, rows(v, KV, LENGTH, i, count, VALUE_DIM), 0);
    float[] answer = new float[HEADS * count * VALUE_DIM];
    Reference.over(cache, HEADS)
        .attend(cache, i, count, rows(q, HEADS, LENGTH, i, count, DIM), 0, answer, 0, options);
    for (int h = 0; h < HEADS; h++) {
      int size = count * VALUE_DIM;
      System.arraycopy(answer, h * size, out, (h * LENGTH + i) * VALUE_DIM, size);
    }
  }

  private static float[] rows(float[] x, int heads, int length, int first, int count, int dim) {
    float[] rows = new float[heads * count * dim];
    for (int h = 0; h < heads; h++) {
      System.arraycopy(x, (h * length + first) * dim, rows, h * count * dim, count * dim);
    }
    return rows;
  }
}
