package io.headstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadGroupCostTest {

  /** Where benchmarks/README.md has what each number of groups was measured to take. */
  @ParameterizedTest(name = "{0} tokens, {1} channels, {2} heads, {3} slots: {4}")
  @CsvSource({
    // one slot has nothing to gain
    "  16,   64,  4, 1, 1",
    "2048,  768, 12, 1, 1",
    // the shapes of the benchmark
    "  16,   64,  4, 2, 1",
    " 128,  512,  8, 2, 1",
    " 512,  768, 12, 2, 1",
    "2048,  768, 12, 2, 2",
    // longer sequences and wider layers compute more for each byte
    "8192,  768, 12, 4, 4",
    " 512, 4096, 32, 4, 4",
    // not more groups than slots, and not a number that does not divide the heads
    "8192,  768, 12, 3, 3",
    "8192,  768, 12, 5, 4",
    "8192,  768,  1, 4, 1",
  })
  void theChoicesForSequences(int length, int modelDim, int heads, int slots, int groups) {
    HeadGroupCost.Choice choice =
        HeadGroupCost.choose(AttentionSettings.of(modelDim, heads), length, slots);
    assertThat(choice.groups()).as(choice.why()).isEqualTo(groups);
  }

  @ParameterizedTest(name = "{0} tokens, {1} channels, {2} heads: {3}")
  @CsvSource({
    " 512,  256,  4, 1",
    " 512,  768, 12, 1",
    "2048,  256,  4, 1",
    "2048,  768, 12, 2",
    "8192,   64,  4, 1",
    "8192,  768, 12, 2",
  })
  void theChoicesTokenByTokenDoNotDependOnTheSlots(
      int context, int modelDim, int heads, int groups) {
    AttentionSettings settings = AttentionSettings.of(modelDim, heads).withTokenMode();
    for (int slots : new int[] {1, 2, 64}) {
      HeadGroupCost.Choice choice = HeadGroupCost.choose(settings, context, slots);
      assertThat(choice.groups()).as(choice.why()).isEqualTo(groups);
    }
  }

  @Test
  void groupsDivideTheKeyValueHeads() {
    AttentionSettings grouped = AttentionSettings.of(768, 12).withKeyValueHeads(3);
    assertThat(HeadGroupCost.choose(grouped, 8192, 8).groups()).isEqualTo(3);
    assertThat(HeadGroupCost.choose(grouped, 8192, 2).groups()).isOne();
  }

  @Test
  void aWindowIsLessWorkThanAllThatCameBefore() {
    AttentionSettings all = AttentionSettings.of(256, 4).withCausal(true);
    assertThat(HeadGroupCost.choose(all, 8192, 2).groups()).isEqualTo(2);
    assertThat(HeadGroupCost.choose(all.withWindow(64, 0), 8192, 2).groups()).isOne();
  }

  @Test
  void theChoiceSaysWhy() {
    assertThat(HeadGroupCost.choose(AttentionSettings.of(768, 12), 2048, 2).why())
        .matches(
            "2 head groups for sequences of 2048 tokens, model-dim 768, 2 slots: with 2, a sequence"
                + " that is alone is answered in 0\\.\\d\\d of the time, and many take 1\\.\\d\\d"
                + " times the work \\(at most 1\\.125 are accepted\\)");
    assertThat(HeadGroupCost.choose(AttentionSettings.of(64, 4), 16, 2).why())
        .startsWith("1 head group for sequences of 16 tokens, model-dim 64, 2 slots: with 2, ");
    assertThat(HeadGroupCost.choose(AttentionSettings.of(64, 4), 16, 1).why())
        .isEqualTo(
            "1 head group for sequences of 16 tokens, model-dim 64, 1 slots: there is nothing to"
                + " divide");
  }

  @Test
  void settingsTakeTheChoice() {
    AttentionSettings settings = AttentionSettings.of(768, 12);
    assertThat(settings.withChosenHeadGroups(2048, 2).headGroups()).isEqualTo(2);
    assertThat(settings.withChosenHeadGroups(128, 2).headGroups()).isOne();
    assertThatThrownBy(() -> settings.withChosenHeadGroups(0, 2))
        .hasMessage("expected length is 0, must be at least 1");
    assertThatThrownBy(() -> settings.withChosenHeadGroups(1, 0))
        .hasMessage("slots are 0, must be at least 1");
  }
}
