package io.headstream.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids, ranges and decoded texts are those of Hugging Face's own library, for every family. */
class TokenizerReferenceTest {
  private static final int TEXTS = Integer.getInteger("headstream.texts", 500);

  @TempDir Path folder;

  static Stream<String> shapes() {
    return Shapes.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void generatedTextsOfAllPlanes(String shape) throws IOException {
    long seed = shape.hashCode();
    Texts texts = new Texts(seed);
    try (Pair pair = new Pair(Shapes.all().get(shape), folder)) {
      for (int i = 0; i < TEXTS; i++) {
        pair.compare(texts.next(), i % 4 > 0, "text " + i + " of seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "bert-raw", "qwen2", "smollm"})
  void everyCodePoint(String shape) throws IOException {
    try (Pair pair = new Pair(Shapes.all().get(shape), folder)) {
      for (int from = 0; from <= 0x10ffff; from += 512) {
        StringBuilder text = new StringBuilder();
        for (int c = from; c < from + 512; c++) {
          if (c < 0xd800 || c > 0xdfff) {
            text.appendCodePoint(c).append(c % 3 == 0 ? " a" : c % 3 == 1 ? "" : "1");
          }
        }
        pair.compare(text.toString(), true, "code points from " + from);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void anyTokensAreDecoded(String shape) throws IOException {
    Random random = new Random(7);
    try (Pair pair = new Pair(Shapes.all().get(shape), folder)) {
      for (int i = 0; i < TEXTS; i++) {
        int[] ids = random.ints(random.nextInt(20), 0, pair.ours.size() + 2).toArray();
        for (boolean special : new boolean[] {true, false}) {
          assertThat(pair.ours.decode(ids, special))
              .as(() -> Arrays.toString(ids))
              .isEqualTo(pair.theirs.decode(ids, special));
        }
      }
    }
  }
}
