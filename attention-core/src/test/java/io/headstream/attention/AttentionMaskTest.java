package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

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
}
