package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordEmbeddingTest {

  /** The bits were computed from the Javadoc's formula by another program in another language. */
  @ParameterizedTest
  @CsvSource({
    "cat, 0, 4, 0, bfc8c6e5 bf1a379e bfdd6a15 bd688840",
    "cat, 17, 5, -1, 3de91638 bfd64dd6 be7b1cae bef04178 bf028402",
    "Größe, 100000, 3, 42, bd2673bb bfeb9547 bd7479b0"
  })
  void neverChangesItsBits(String word, int position, int modelDim, long seed, String bits) {
    WordEmbedding embedding = new WordEmbedding(modelDim, seed);
    // Twice: computed, then from the cache.
    for (int n = 0; n < 2; n++) {
      StringBuilder hex = new StringBuilder();
      for (float value : embedding.of(word, position)) {
        hex.append(String.format(" %08x", Float.floatToRawIntBits(value)));
      }
      assertThat(hex.substring(1)).isEqualTo(bits);
    }
  }

  @Test
  void hashedValuesHaveMeanZeroAndVarianceOne() {
    int modelDim = 64;
    int words = 2000;
    WordEmbedding embedding = new WordEmbedding(modelDim, 3);
    double sum = 0;
    double squares = 0;
    for (int w = 0; w < words; w++) {
      float[] values = embedding.of("word" + w, 0);
      for (int c = 0; c < modelDim; c++) {
        // PE(0, c) is sin 0 or cos 0.
        double hashed = values[c] - c % 2;
        assertThat(hashed).isBetween(-1.7320509, 1.7320509);
        sum += hashed;
        squares += hashed * hashed;
      }
    }
    int count = words * modelDim;
    assertThat(sum / count).isCloseTo(0, within(0.02));
    assertThat(squares / count).isCloseTo(1, within(0.02));
  }

  @Test
  void differsByWordAndSeed() {
    float[] cat = new WordEmbedding(8, 0).of("cat", 0);
    assertThat(new WordEmbedding(8, 0).of("cats", 0)).isNotEqualTo(cat);
    assertThat(new WordEmbedding(8, 1).of("cat", 0)).isNotEqualTo(cat);
    assertThat(new WordEmbedding(8, 0).of("cat", 1)).isNotEqualTo(cat);
  }
}
