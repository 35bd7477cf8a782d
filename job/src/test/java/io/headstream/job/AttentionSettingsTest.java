package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AttentionSettingsTest {

  @Test
  void aWholeSequenceFitsAnArray() {
    AttentionSettings settings = AttentionSettings.of(64, 4);
    int most = (Integer.MAX_VALUE - 8) / 64;
    assertThat(settings.withMaxLength(most).maxLength()).isEqualTo(most);
    assertThatThrownBy(() -> settings.withMaxLength(most + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "max-length %d times model-dim 64 is %d numbers, at most 2147483639 fit an array",
            most + 1, (most + 1L) * 64);
    assertThatThrownBy(() -> settings.withMaxLength(Integer.MAX_VALUE))
        .hasMessageContaining("max-length 2147483647 times model-dim 64 is 137438953408 numbers");
  }

  @Test
  void aWideLayerHasAShorterDefaultLength() {
    AttentionSettings settings = AttentionSettings.of(1 << 20, 4);
    assertThat(settings.maxLength()).isEqualTo(2047);
    assertThat(AttentionSettings.of(64, 4).maxLength()).isEqualTo(8192);
  }
}
