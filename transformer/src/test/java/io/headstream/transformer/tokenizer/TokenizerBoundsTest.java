package io.headstream.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tokenizer does at its bounds: long texts, few tokens, broken text, many threads. */
class TokenizerBoundsTest {
  private static final int LONG = 1 << 20;

  @TempDir Path folder;

  static Stream<String> shapes() {
    return Shapes.all().keySet().stream();
  }

  /** Quadratic time would be hours, and recursion would overflow the stack. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "gpt2", "llama3", "qwen2", "llama2", "mistral"})
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void longTextsTakeLinearTime(String shape) throws IOException {
    Tokenizer tokenizer = tokenizer(shape);
    for (String unit : List.of("a", "the", " ", " \n", "1", "\u0301\u0323", "<mask", "\u2581")) {
      String text = unit.repeat(LONG / unit.length());
      Encoding encoding = tokenizer.encode(text);
      for (int i = 0; i < encoding.length(); i++) {
        if (encoding.start(i) > encoding.end(i) || encoding.end(i) > text.length()) {
          throw new AssertionError("token " + i + " of " + unit);
        }
      }
      assertThat(tokenizer.encode(text, 512).length()).isLessThanOrEqualTo(512);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void fewerTokensAreTheFirstOfAll(String shape) throws IOException {
    Tokenizer tokenizer = tokenizer(shape);
    String text = "Attention <mask> over streams, caf\u00e9 \ud83d\ude00 12345";
    int[] all = tokenizer.encode(text, false, Integer.MAX_VALUE).ids();
    int reserved = tokenizer.encode("").length();
    for (int most = reserved; most < all.length + reserved + 2; most++) {
      int[] first = Arrays.copyOf(all, Math.min(all.length, most - reserved));
      assertThat(tokenizer.encode(text, false, most - reserved).ids()).isEqualTo(first);
      Encoding framed = tokenizer.encode(text, most);
      assertThat(framed.length()).isEqualTo(first.length + reserved);
      if (first.length > 0) {
        assertThat(framed.ids()).containsSubsequence(first);
      }
    }
  }

  @Test
  void tooFewTokensForTheSpecialOnes() throws IOException {
    Tokenizer tokenizer = tokenizer("bert");
    assertThat(tokenizer.encode("any", 2).ids()).containsExactly(2, 3);
    assertThatThrownBy(() -> tokenizer.encode("any", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 tokens are asked for, there are 2 special ones alone");
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void halfAPairIsAReplacementCharacter(String shape) throws IOException {
    Tokenizer tokenizer = tokenizer(shape);
    for (String half : List.of("\ud83d", "\ude00")) {
      Encoding broken = tokenizer.encode("a" + half + "b \ud83d\ude00 " + half);
      Encoding replaced = tokenizer.encode("a\ufffdb \ud83d\ude00 \ufffd");
      assertThat(Same.encodings(broken, replaced)).isTrue();
    }
  }

  @Test
  void threadsShareATokenizer() throws IOException {
    for (String shape : List.of("bert", "llama3", "llama2")) {
      Tokenizer tokenizer = tokenizer(shape);
      Texts texts = new Texts(3);
      List<String> many = Stream.generate(texts::next).limit(300).toList();
      List<Encoding> alone = many.stream().map(tokenizer::encode).toList();
      assertThat(
              IntStream.range(0, many.size())
                  .parallel()
                  .filter(i -> !Same.encodings(tokenizer.encode(many.get(i)), alone.get(i)))
                  .count())
          .isZero();
    }
  }

  private Tokenizer tokenizer(String shape) throws IOException {
    Path file = folder.resolve(shape + ".json");
    return Tokenizer.read(Files.writeString(file, Shapes.all().get(shape)));
  }
}
