package io.headstream.job.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountsTest {

  @Test
  void summary() {
    Counts counts =
        Counts.of(
            Map.of(
                "tokens-read", 1_300L,
                "tokens-answered", 1_234L,
                "sequences-done", 56L,
                "dead-letters", 3L));

    assertThat(counts.summary(Duration.ofMillis(2_100)))
        .isEqualTo(
            "1,234 tokens answered in 56 sequences, 3 dead letters, 0 duplicates, 2.1 s"
                + " (588 tokens/s)");
    assertThat(counts.progress(Duration.ofSeconds(2)))
        .isEqualTo("1,300 tokens read, 56 sequences done, 650 tokens/s");
  }

  @Test
  void whatIsMissingIsNoneAndOneIsSingular() {
    assertThat(Counts.of(Map.of("tokens-answered", 1L, "sequences-done", 1)).summary(Duration.ZERO))
        .startsWith("1 token answered in 1 sequence, 0 dead letters, 0 duplicates, 0.0 s");
  }
}
