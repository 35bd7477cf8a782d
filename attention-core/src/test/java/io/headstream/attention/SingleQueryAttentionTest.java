package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** One query at a time goes another way than a block of them, and gives the same bits. */
class SingleQueryAttentionTest {
  @Test
  void onePositionAtATimeIsTheBlock() {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      for (long seed = 1; seed <= 40; seed++) {
        compare(new SplittableRandom(seed), executor, seed);
      }
    } finally {
      executor.shutdown();
    }
  }

  private static void compare(SplittableRandom random, ExecutorService executor, long seed) {
    int keyValueHeads = random.nextInt(1, 6);
    int heads = keyValueHeads * random.nextInt(1, 4);
    int headDim = random.nextInt(4) == 0 ? 64 : random.nextInt(1, 150);
    int valueDim = random.nextInt(4) == 0 ? 64 : random.nextInt(1, 150);
    int length = random.nextInt(1, 900);
    boolean slides = random.nextInt(3) == 0;
    KeyValueCache cache =
        slides
            ? KeyValueCache.sliding(keyValueHeads, headDim, valueDim, length, 3)
            : KeyValueCache.growing(keyValueHeads, headDim, valueDim, length);
    float[] k = Reference.uniform(random, keyValueHeads * length * headDim, 2);
    float[] v = Reference.uniform(random, keyValueHeads * length * valueDim, 2);
    if (random.nextInt(5) == 0) {
      v[random.nextInt(v.length)] = Float.NaN; // the path that selects
    }
    cache.append(length, k, 0, v, 0);
    int queries = random.nextInt(1, Math.min(20, length) + 1);
    float[] q = Reference.uniform(random, heads * queries * headDim, 2);
    AttentionOptions options = AttentionOptions.defaults();
    if (random.nextBoolean()) {
      options = options.withMask(AttentionMask.window(random.nextInt(200), 0, 2)).withSoftCap(4);
    }
    if (random.nextInt(3) == 0) {
      options = options.withDropout(Dropout.of(0.2, seed, 5));
    }
    int first = length - queries;
    float[] block = new float[heads * queries * valueDim];
    Reference.over(cache, heads).attend(cache, first, queries, q, 0, block, 0, options);
    for (int threads = 1; threads <= 3; threads += 2) {
      AttentionOptions own = options.withExecutor(executor, threads).withWorkspace(new Workspace());
      for (int i = 0; i < queries; i++) {
        float[] one = new float[heads * headDim];
        float[] expected = new float[heads * valueDim];
        for (int h = 0; h < heads; h++) {
          System.arraycopy(q, (h * queries + i) * headDim, one, h * headDim, headDim);
          System.arraycopy(block, (h * queries + i) * valueDim, expected, h * valueDim, valueDim);
        }
        float[] out = new float[heads * valueDim];
        Reference.over(cache, heads).attend(cache, first + i, 1, one, 0, out, 0, own);
        Bits.assertSame(out, expected, "seed %d, query %d, %d threads", seed, i, threads);
      }
    }
  }
}
