package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AttentionMaskTest {
  @Test
  void causalEndsAtTheOffset() {
    AttentionMask mask = AttentionMask.causal(1);
    assertThat(mask.mayAttend(0, 0)).isTrue();
    assertThat(mask.mayAttend(0, 1)).isTrue();
    assertThat(mask.mayAttend(0, 2)).isFalse();
    assertThat(mask.mayAttend(3, 4)).isTrue();
    assertThat(mask.mayAttend(3, 5)).isFalse();
    assertThat(AttentionMask.none().mayAttend(0, 1_000_000)).isTrue();
  }

  @Test
  void twoMatricesShowWhatBothShow() {
    boolean[] a = {true, true, false, false};
    boolean[] b = {true, false, true, false};
    AttentionMask both = AttentionMask.matrix(a, 2, 2).and(AttentionMask.matrix(b, 2, 2));
    for (int n = 0; n < 4; n++) {
      assertThat(both.mayAttend(n / 2, n % 2)).as("cell %d", n).isEqualTo(a[n] && b[n]);
    }
    assertThat(both.and(AttentionMask.causal(-1)).mayAttend(0, 0)).isFalse();
  }

  @Test
  void paddedKeysChangeNoBitUnlessQueriesStandAtTheLastOfThem() {
    int queries = 3;
    int valid = 5;
    int padded = 9;
    float[] x = Reference.uniform(new SplittableRandom(6), padded * 4, 1);
    ScaledDotProductAttention attention = new ScaledDotProductAttention(1, 1, 4);
    AttentionOptions plain = AttentionOptions.defaults();
    AttentionMask lengths = AttentionMask.validLengths(valid);
    AttentionMask causal = AttentionMask.causal();
    Bits.assertSame(
        attention.attend(1, queries, padded, x, x, x, plain.withMask(lengths.and(causal))),
        attention.attend(1, queries, valid, x, x, x, plain.withMask(causal)),
        "causal");
    AttentionMask last = AttentionMask.causalBottomRight();
    float[] shorter = attention.attend(1, queries, valid, x, x, x, plain.withMask(last));
    AttentionMask atTheEnd = lengths.and(causal.queriesFrom(padded - queries));
    Bits.assertSame(
        attention.attend(1, queries, padded, x, x, x, plain.withMask(lengths.and(last))),
        attention.attend(1, queries, padded, x, x, x, plain.withMask(atTheEnd)),
        "bottom right of the array");
    AttentionMask atTheLastKey = lengths.and(causal.queriesFrom(valid - queries));
    Bits.assertSame(
        attention.attend(1, queries, padded, x, x, x, plain.withMask(atTheLastKey)),
        shorter,
        "bottom right of the keys that are there");
  }
}
