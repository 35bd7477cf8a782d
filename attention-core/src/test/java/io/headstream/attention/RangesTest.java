package io.headstream.attention;

import static io.headstream.attention.ScaledDotProductAttentionTest.assertSameBits;

import io.headstream.attention.weights.AttentionParameters;
import io.headstream.attention.weights.WeightsFixture;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Arrays may begin anywhere, each elsewhere, and nothing outside the output's range is written. */
class RangesTest {
  private static final float GUARD = 42f;
  private static final int LARGEST_OFFSET = 8;
  private static final AttentionOptions CAUSAL =
      AttentionOptions.defaults().withMask(AttentionMask.causal(1));

  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void ofScaledDotProductAttention() {
    ScaledDotProductAttention attention = new ScaledDotProductAttention(4, 2, 5);
    float[] q = Reference.uniform(random, 2 * 4 * 9 * 5, 1);
    float[] k = Reference.uniform(random, 2 * 2 * 140 * 5, 1);
    float[] v = Reference.uniform(random, 2 * 2 * 140 * 5, 1);
    float[] expected = attention.attend(2, 9, 140, q, k, v, CAUSAL);
    for (int offset = 0; offset <= LARGEST_OFFSET; offset++) {
      int other = LARGEST_OFFSET - offset;
      int third = (offset + 3) % LARGEST_OFFSET;
      float[] out = guarded(expected.length, offset);
      attention.attend(
          2,
          9,
          140,
          shifted(q, offset),
          offset,
          shifted(k, other),
          other,
          shifted(v, third),
          third,
          out,
          offset,
          CAUSAL);
      check(out, offset, expected);
    }
  }

  @Test
  void ofMultiHeadAttentionAndItsParts() {
    AttentionParameters weights = new WeightsFixture(3).weights(24, 4, 2, true, true);
    MultiHeadAttention layer = new MultiHeadAttention(weights);
    HeadGroup group = layer.headGroup(1, 2);
    float[] x = Reference.uniform(random, 2 * 7 * 24, 1);
    float[] single = Arrays.copyOf(x, 7 * 24);
    float[] whole = layer.attend(2, 7, x, CAUSAL);
    float[] columns = new float[7 * group.columns()];
    group.attend(7, x, 0, columns, 0, CAUSAL);
    float[] projected = new float[7 * 24];
    layer.projectOutput(7, x, 0, projected, 0, CAUSAL);
    for (int offset = 0; offset <= LARGEST_OFFSET; offset++) {
      int other = LARGEST_OFFSET - offset;
      float[] out = guarded(whole.length, other);
      layer.attend(2, 7, shifted(x, offset), offset, out, other, CAUSAL);
      check(out, other, whole);
      out = guarded(columns.length, other);
      group.attend(7, shifted(single, offset), offset, out, other, CAUSAL);
      check(out, other, columns);
      out = guarded(projected.length, other);
      layer.projectOutput(7, shifted(single, offset), offset, out, other, CAUSAL);
      check(out, other, projected);
    }
  }

  /** With NaN around it, which would spread if it were read. */
  private static float[] shifted(float[] x, int offset) {
    float[] shifted = new float[x.length + LARGEST_OFFSET];
    Arrays.fill(shifted, Float.NaN);
    System.arraycopy(x, 0, shifted, offset, x.length);
    return shifted;
  }

  /** Guards, and NaN where the answer goes: what was there before must not be read. */
  private static float[] guarded(int size, int offset) {
    float[] out = new float[size + LARGEST_OFFSET];
    Arrays.fill(out, GUARD);
    Arrays.fill(out, offset, offset + size, Float.NaN);
    return out;
  }

  private static void check(float[] out, int offset, float[] expected) {
    float[] all = guarded(expected.length, offset);
    System.arraycopy(expected, 0, all, offset, expected.length);
    assertSameBits(out, all);
  }
}
