package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.weights.AttentionParameters;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where heads are fewer than threads, blocks of queries are shared out, and no bit tells. */
class QueryBlocksTest {
  private static final int QUERIES = 300;
  private static final int KEYS = 333;

  private final ExecutorService pool = Executors.newFixedThreadPool(3);
  private final AtomicInteger handedOver = new AtomicInteger();

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  private AttentionOptions on(AttentionOptions options, int threads) {
    return options.withExecutor(
        task -> {
          handedOver.incrementAndGet();
          pool.execute(task);
        },
        threads);
  }

  private static List<AttentionOptions> masks() {
    AttentionOptions plain = AttentionOptions.defaults();
    int[] queries = {0, 70, 70, 199, QUERIES};
    int[] keys = {0, 100, 110, 250, KEYS};
    return List.of(
        plain,
        plain.withMask(AttentionMask.causal()),
        plain.withMask(AttentionMask.causalBottomRight()),
        plain.withMask(AttentionMask.packed(queries, keys)),
        plain.withDropout(Dropout.of(0.2, 3, 5)));
  }

  @Test
  void ofOneHead() {
    SplittableRandom random = new SplittableRandom(4);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, 20);
    float[] q = Reference.uniform(random, QUERIES * 20, 1);
    float[] k = Reference.uniform(random, KEYS * 20, 1);
    float[] v = Reference.uniform(random, KEYS * 20, 1);
    for (AttentionOptions options : masks()) {
      float[] alone = attention.attend(1, QUERIES, KEYS, q, k, v, options);
      for (int threads = 2; threads <= 4; threads++) {
        handedOver.set(0);
        assertSameBits(attention.attend(1, QUERIES, KEYS, q, k, v, on(options, threads)), alone);
        assertThat(handedOver).hasValue(threads - 1);
      }
    }
  }

  @Test
  void ofALayerOfTwoKeyValueHeads() {
    AttentionParameters weights = AttentionParameters.xavierUniform(48, 4, 2, 1);
    MultiHeadAttention layer = new MultiHeadAttention(weights);
    float[] query = Reference.uniform(new SplittableRandom(5), 2 * QUERIES * 48, 1);
    float[] key = Reference.uniform(new SplittableRandom(6), 2 * KEYS * 48, 1);
    for (AttentionMask mask : List.of(AttentionMask.none(), AttentionMask.causal())) {
      AttentionOptions options = AttentionOptions.defaults().withMask(mask);
      float[] alone = attend(layer, query, key, options);
      for (int threads = 2; threads <= 4; threads++) {
        assertSameBits(attend(layer, query, key, on(options, threads)), alone);
      }
      float[] expected = new float[2 * 4 * QUERIES * KEYS];
      float[] actual = expected.clone();
      attend(layer, query, key, options.withResults(new AttentionResults().weights(expected, 0)));
      AttentionResults results = new AttentionResults().weights(actual, 0);
      attend(layer, query, key, on(options.withResults(results), 4));
      assertSameBits(actual, expected);
    }
  }

  @Test
  void queriesWithoutAnyKey() {
    AttentionParameters weights = AttentionParameters.xavierUniform(64, 1, 1, 1);
    MultiHeadAttention layer = new MultiHeadAttention(weights);
    float[] query = Reference.uniform(new SplittableRandom(5), QUERIES * 64, 1);
    float[] out = new float[query.length];
    float[] expected = new float[query.length];
    AttentionOptions options = AttentionOptions.defaults();
    layer.attend(1, QUERIES, 0, query, 0, query, 0, query, 0, expected, 0, options);
    layer.attend(1, QUERIES, 0, query, 0, query, 0, query, 0, out, 0, on(options, 3));
    assertSameBits(out, expected);
  }

  private static float[] attend(
      MultiHeadAttention layer, float[] query, float[] key, AttentionOptions options) {
    float[] out = new float[query.length];
    layer.attend(2, QUERIES, KEYS, query, 0, key, 0, key, 0, out, 0, options);
    return out;
  }
}
