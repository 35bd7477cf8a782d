package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.internal.SplitMix64;
import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which weights are dropped; a replay by another release has to drop the same. */
class DropoutTest {
  private static final long SEED = 11;
  private static final long SEQUENCE = 0x123456789abcdefL;
  private final Dropout dropout = Dropout.of(0.4, SEED, SEQUENCE);

  @Test
  void aNamesNumberIsItsFnv1aHash() {
    // From the algorithm's published test vectors.
    assertThat(Dropout.sequence("")).isEqualTo(0xcbf29ce484222325L);
    assertThat(Dropout.sequence("a")).isEqualTo(0xaf63dc4c8601ec8cL);
    assertThat(Dropout.sequence("foobar")).isEqualTo(0x85944171f73967e8L);
  }

  @Test
  void aHeadDropsByItsOwnNumberAndPositions() {
    int heads = 3;
    int length = 200; // more than a tile
    float[] zeros = new float[heads * length];
    // Equal weights, and one value that counts: the answer says whether key j was kept.
    for (int j : new int[] {0, 5, 127, 128, 199}) {
      float[] v = new float[heads * length];
      for (int h = 0; h < heads; h++) {
        v[h * length + j] = 1;
      }
      float[] out =
          new ScaledDotProductAttention(heads, heads, 1)
              .attend(
                  1,
                  length,
                  length,
                  zeros,
                  zeros,
                  v,
                  AttentionOptions.defaults().withDropout(dropout));
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < length; i++) {
          assertThat(out[h * length + i] != 0)
              .as("head %d, query %d, key %d", h, i, j)
              .isEqualTo(keptByDefinition(h, i, j));
        }
      }
    }
  }

  @Test
  void aLayersHeadsDropAsHeadsAlone() {
    int heads = 6;
    int length = 30;
    // Equal weights and a value of 1 in every head: an answer counts the keys that were kept.
    float[] ones = new float[3];
    Arrays.fill(ones, 1);
    AttentionParameters weights =
        AttentionParameters.of(
            heads,
            heads,
            3,
            new float[36],
            new float[18],
            new float[18],
            identity(heads),
            null,
            null,
            ones,
            null);
    float[] out =
        new MultiHeadAttention(weights)
            .attend(
                1,
                length,
                new float[length * heads],
                AttentionOptions.defaults().withDropout(dropout));
    for (int i = 0; i < length; i++) {
      for (int h = 0; h < heads; h++) {
        int kept = 0;
        for (int j = 0; j < length; j++) {
          kept += keptByDefinition(h, i, j) ? 1 : 0;
        }
        assertThat(Math.round(out[i * heads + h] * 0.6 * length))
            .as("head %d, query %d", h, i)
            .isEqualTo(kept);
      }
    }
  }

  private static float[] identity(int n) {
    float[] identity = new float[n * n];
    for (int d = 0; d < n; d++) {
      identity[d * n + d] = 1;
    }
    return identity;
  }

  private static boolean keptByDefinition(int head, int query, int key) {
    long sequence = SplitMix64.at(SEED, 0) ^ SEQUENCE;
    long row = SplitMix64.at(sequence, head * (1L << 32) + query);
    return (SplitMix64.at(row, key) >>> 11) / Math.pow(2, 53) >= 0.4;
  }
}
