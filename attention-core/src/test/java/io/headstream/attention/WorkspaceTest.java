package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.cache.KeyValuePage;
import io.headstream.attention.weights.AttentionParameters;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private static final int CALLS = 10_000;
  private static final int LENGTH = 9;
  private static final int MODEL = 12;

  private final SplittableRandom random = new SplittableRandom(4);
  private final float[] x = Reference.uniform(random, 2 * LENGTH * MODEL, 1);
  private final float[] out = new float[2 * LENGTH * MODEL];
  private final AttentionOptions plain = AttentionOptions.defaults();
  private final AttentionResults results =
      new AttentionResults()
          .averagedWeights(new float[2 * LENGTH * LENGTH], 0)
          .logSumExp(new float[2 * 4 * LENGTH], 0);
  private final AttentionOptions everything =
      plain
          .withMask(
              AttentionMask.causal()
                  .and(AttentionMask.window(5, 0, 1))
                  .and(AttentionMask.validLengths(8, 9))
                  .and(AttentionMask.bias(new float[LENGTH], LENGTH))
                  .and(AttentionMask.matrix(new boolean[4], 4, 1, 1)))
          .withSoftCap(5)
          .withDropout(Dropout.of(0.1, 1, 2, 3))
          .withResults(results);

  @Test
  void withOneACallAllocatesNothing() {
    ScaledDotProductAttention attention = new ScaledDotProductAttention(4, 2, 3);
    float[] kv = Arrays.copyOf(x, LENGTH * MODEL);
    kv[5] = Float.NaN; // the path that selects, too
    AttentionOptions options = everything.withWorkspace(new Workspace());
    assertAllocatesNothing(
        () -> attention.attend(2, LENGTH, LENGTH, x, 0, kv, 0, kv, 0, out, 0, options));
  }

  @Test
  void soDoesALayer() {
    MultiHeadAttention layer =
        new MultiHeadAttention(AttentionParameters.xavierUniform(12, 4, 2, 1));
    AttentionOptions options = everything.withWorkspace(new Workspace());
    assertAllocatesNothing(() -> layer.attend(2, LENGTH, x, 0, out, 0, options));
  }

  @Test
  void soDoesACacheButForItsPages() {
    KeyValueCache cache = KeyValueCache.sliding(2, 3, 3, 100, 4);
    cache.append(LENGTH, x, 0, x, 0);
    AttentionOptions options = plain.withWorkspace(new Workspace());
    ScaledDotProductAttention attention = Reference.over(cache, 4);
    assertAllocatesNothing(() -> attention.attend(cache, 3, 2, x, 0, out, 0, options));
  }

  /** A token's keys and values are appended, then it attends: a page for every 64 of them. */
  @Test
  void decodingAllocatesThePagesOfTheCacheAndNothingElse() {
    KeyValueCache cache = KeyValueCache.sliding(2, 3, 3, 100, 4);
    AttentionOptions options = plain.withWorkspace(new Workspace());
    ScaledDotProductAttention attention = Reference.over(cache, 4);
    int pageBytes = 2 * (2 * 3 * KeyValuePage.POSITIONS * Float.BYTES + 48);
    assertAllocatesLessThan(
        1024 + (CALLS / KeyValuePage.POSITIONS + 1) * pageBytes,
        () -> {
          cache.append(1, x, 0, x, 0);
          attention.attend(cache, cache.length() - 1, 1, x, 0, out, 0, options);
        });
  }

  private static void assertAllocatesNothing(Runnable call) {
    assertAllocatesLessThan(1024, call);
  }

  /**
   * In the round that allocated least: when C2 takes up a method, the thread that asked for it
   * allocates the string constants of its class, once. What a call allocates comes every round.
   * Only vectors are objects until C2 has compiled what uses them, so they get more rounds.
   */
  private static void assertAllocatesLessThan(long bytes, Runnable call) {
    call.run();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int rounds = MultiHeadAttention.kernel().equals("scalar") ? 4 : 100;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < rounds && least >= bytes; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int n = 0; n < CALLS; n++) {
        call.run();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes in %d calls", CALLS).isLessThan(bytes);
  }

  @Test
  void oneServesCallsOfAnyShapeInTurnWithoutATraceInTheResult() {
    Workspace workspace = new Workspace();
    for (long seed = 1; seed <= 40; seed++) {
      SplittableRandom shapes = new SplittableRandom(seed);
      int heads = 1 << shapes.nextInt(3);
      int dim = shapes.nextInt(1, 40);
      int valueDim = shapes.nextInt(1, 40);
      int queries = shapes.nextInt(60);
      int keys = shapes.nextInt(300);
      float[] q = Reference.uniform(shapes, heads * queries * dim, 2);
      float[] k = Reference.uniform(shapes, keys * dim, 2);
      float[] v = Reference.uniform(shapes, keys * valueDim, 2);
      ScaledDotProductAttention attention = new ScaledDotProductAttention(heads, 1, dim, valueDim);
      AttentionOptions options = plain.withMask(AttentionMask.causal(shapes.nextInt(200)));
      Bits.assertSame(
          attention.attend(1, queries, keys, q, k, v, options.withWorkspace(workspace)),
          attention.attend(1, queries, keys, q, k, v, options),
          "seed %d",
          seed);
    }
  }
}
