package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.SplitMix64;
import io.headstream.attention.weights.AttentionParameters;
import java.time.Duration;

/**
 * Brings attention to full speed before the first sequence is there.
 *
 * <p>A JVM interprets code until it has seen enough of it, and interpreted vectors are objects: the
 * first calls take hundreds of times as long as later ones. What is compiled serves every layer of
 * the JVM (of the class loader, where there are several), whatever its weights; results are the
 * same bits before and after.
 */
public final class AttentionWarmUp {
  private static final int HEADS = 2;
  private static final int SHORT = 16;
  private static final int LONG = 150; // a whole tile of keys and part of another
  private static final int STEPS = 8;

  /** So long nothing got faster by a twentieth: nothing is left to compile. */
  private static final long SETTLED_NANOS = 250_000_000;

  private final MultiHeadAttention layer;
  private final AttentionOptions full;
  private final AttentionOptions causal;
  private final float[] x;
  private final float[] out;

  private AttentionWarmUp(int headDim) {
    int modelDim = Math.multiplyExact(HEADS, headDim);
    layer = new MultiHeadAttention(AttentionParameters.xavierUniform(modelDim, HEADS, HEADS, 1));
    full = AttentionOptions.defaults().withWorkspace(new Workspace());
    causal = full.withMask(AttentionMask.causal());
    x = new float[Checks.size("x", LONG, modelDim)];
    out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) SplitMix64.symmetricAt(1, i);
    }
  }

  /**
   * Computes whole sequences, full and causal, and token by token, on the caller's thread, until
   * that no longer gets faster. About a second on an idle core.
   *
   * @param headDim channels of a head, as the sequences to come have them
   * @param atMost when to stop at the latest; a round that has begun is finished, which may take
   *     some tenths of a second more while nothing is compiled
   * @return how long it took
   * @throws IllegalArgumentException if {@code headDim} is below 1 or too large for an array
   */
  public static Duration run(int headDim, Duration atMost) {
    Checks.positive("headDim", headDim);
    AttentionWarmUp warmUp = new AttentionWarmUp(headDim);
    long begin = System.nanoTime();
    long limit = atMost.toNanos();
    long settledSince = begin;
    long best = Long.MAX_VALUE;
    long now = begin;
    while (now - begin < limit && now - settledSince < SETTLED_NANOS) {
      warmUp.round();
      long end = System.nanoTime();
      if (end - now < best - best / 20) {
        best = end - now;
        settledSince = end;
      }
      now = end;
    }
    return Duration.ofNanos(now - begin);
  }

  private void round() {
    layer.attend(1, SHORT, x, 0, out, 0, full);
    layer.attend(1, SHORT, x, 0, out, 0, causal);
    layer.attend(1, LONG, x, 0, out, 0, full);
    layer.attend(1, LONG, x, 0, out, 0, causal);
    KeyValueCache cache = KeyValueCache.growing(HEADS, layer.headDim(), layer.headDim(), LONG);
    HeadGroup heads = layer.headGroup(0, 1);
    int before = LONG - STEPS;
    heads.attend(before, x, 0, cache, out, 0, full);
    for (int i = before; i < LONG; i++) {
      heads.attend(1, x, i * layer.modelDim(), cache, out, 0, full);
    }
  }
}
