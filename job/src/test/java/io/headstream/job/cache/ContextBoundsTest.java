package io.headstream.job.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.attention.cache.KeyValuePage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextBoundsTest {
  private static final int PAGE = KeyValuePage.POSITIONS;

  /** The formula of docs/token-mode-and-state.md, which is reached and never passed. */
  @ParameterizedTest(name = "{0} keys before, {1} sinks")
  @CsvSource({
    "0, 0",
    "1, 0",
    "2, 0",
    "62, 3",
    "63, 0",
    "64, 64",
    "65, 70",
    "127, 128",
    "128, 1",
    "1000, 130"
  })
  void asManyPositionsAreKeptAsTheReadmeSays(int keysBefore, int sinks) {
    ContextBounds bounds = new ContextBounds(keysBefore, sinks);
    long most = 0;
    for (int length = 0; length < 3000; length++) {
      most = Math.max(most, bounds.storedPositions(length));
    }
    long sinksInPages = (sinks + PAGE - 1L) / PAGE * PAGE;
    assertThat(most).isEqualTo(keysBefore + PAGE - 1 + sinksInPages);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "63", "64", "999"})
  void aSequenceThatFitsIsKeptWhole(int length) {
    assertThat(new ContextBounds(1000, 3).storedPositions(length)).isEqualTo(length);
  }
}
