package io.headstream.job.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionSampleTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 16, 100})
  void takesAboutEveryNthSequence(int every) {
    AttentionSample sample = new AttentionSample(Set.of(), every);
    int sequences = 20_000;
    for (String form : new String[] {"user-%d", "README.md:%d", "%08x"}) {
      long taken =
          IntStream.range(0, sequences).filter(i -> sample.contains(form.formatted(i))).count();
      double expected = (double) sequences / every;
      assertThat((double) taken)
          .as("%s, every %d", form, every)
          .isBetween(expected - 5 * Math.sqrt(expected), expected + 5 * Math.sqrt(expected));
    }
  }

  /** Fixed for ever: a job that goes on after an update picks the same sequences. */
  @Test
  void theChoiceIsThatOfEarlierReleases() {
    AttentionSample sample = new AttentionSample(Set.of(), 8);
    assertThat(IntStream.range(0, 40).filter(i -> sample.contains("user-" + i)))
        .containsExactly(3, 13, 22, 35);
  }

  @Test
  void takesThoseThatAreNamedBesideTheNth() {
    AttentionSample named = new AttentionSample(Set.of("a", "b"), 0);
    assertThat(named.contains("a")).isTrue();
    assertThat(named.contains("c")).isFalse();
    assertThat(named.isNone()).isFalse();
    AttentionSample both = new AttentionSample(Set.of("a"), 1_000_000_007);
    assertThat(both.contains("a")).isTrue();
    assertThat(both.contains("c")).isFalse();
    assertThat(new AttentionSample(Set.of(), 1).contains("anything")).isTrue();
  }

  @Test
  void noneTakesNothing() {
    assertThat(AttentionSample.none().isNone()).isTrue();
    assertThat(AttentionSample.none().contains("a")).isFalse();
    assertThatThrownBy(() -> new AttentionSample(Set.of(), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("every is -1, must be at least 0");
  }
}
