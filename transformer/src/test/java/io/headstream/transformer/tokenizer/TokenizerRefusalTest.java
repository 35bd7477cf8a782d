package io.headstream.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.headstream.transformer.checkpoint.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that cannot be are refused in one line that names the file, the key and what is wrong. */
class TokenizerRefusalTest {
  private static final int MUTATIONS = Integer.getInteger("headstream.mutations", 3_000);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"type\":\"BPE\" | \"type\":\"Unigram\" | model.type is \"Unigram\", expected a model that"
            + " is supported: BPE or WordPiece",
        "\"type\":\"NFC\" | \"type\":\"NFKC\" | normalizer.normalizers[0].type is \"NFKC\","
            + " expected a normalizer that is supported: BertNormalizer, Lowercase, NFC, NFD,"
            + " Prepend, Replace, Sequence or StripAccents",
        "\"type\":\"ByteLevel\",\"add_prefix_space\":false | \"type\":\"Whitespace\" |"
            + " pre_tokenizer.type is \"Whitespace\", expected a pre-tokenizer that is supported:"
            + " BertPreTokenizer, ByteLevel, Digits, Metaspace, Sequence or Split",
        "\"type\":\"TemplateProcessing\" | \"type\":\"Magic\" | post_processor.type is \"Magic\","
            + " expected a post-processor that is supported: BertProcessing, ByteLevel,"
            + " RobertaProcessing, Sequence or TemplateProcessing",
        "\"type\":\"Fuse\" | \"type\":\"CTC\" | decoder.type is \"CTC\", expected a decoder that is"
            + " supported: ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip or"
            + " WordPiece",
        "\"version\":\"1.0\" | \"version\":\"2.0\" | version is \"2.0\", expected \"1.0\"",
        "\"b\":3 | \"b\":2 | model.vocab.b is 2, expected an id of its own, not that of \"a\"",
        "\"b\":3 | \"b\":-1 | model.vocab.b is -1, expected an integer from 0 to 4194303",
        "\"b\":3 | \"b\":1152921504606846976 | model.vocab.b is 1152921504606846976, expected an"
            + " integer from 0 to 4194303",
        "\"b\":3 | \"b\":\"3\" | model.vocab.b is \"3\", expected an integer from 0 to 4194303",
        "\"b\":3 | \"a\":3 | is not valid JSON at character 535: Duplicate field 'a'",
        "\"a b\" | \"a c\" | model.merges[0] needs \"c\", which is not in the vocabulary",
        "\"a b\" | \"b a\" | model.merges[0] needs \"ba\", which is not in the vocabulary",
        "\"a b\" | \"ab\" | model.merges[0] is \"ab\", expected two tokens and a space between them",
        "\"a b\" | [\"a\"] | model.merges[0] is an array, expected two tokens, not 1",
        "\"a b\" | 7 | model.merges[0] is 7, expected a string",
        "\"unk_token\":\"<unk>\" | \"unk_token\":\"<x>\" | model.unk_token is \"<x>\", which is not"
            + " in the vocabulary",
        "\"dropout\":0 | \"dropout\":0.1 | model.dropout is 0.1, expected 0: the same text gives the"
            + " same tokens",
        "\"dropout\":0 | \"end_of_word_suffix\":\"</w>\" | model.end_of_word_suffix is \"</w>\","
            + " expected none: it is not supported in BPE",
        "\"id\":9 | \"id\":2 | added_tokens[0].id is 2, expected an id of its own, not that of"
            + " \"a\"",
        "\"id\":9 | \"id\":9000000000 | added_tokens[0].id is 9000000000, expected an integer from 0"
            + " to 4194303",
        "\"content\":\"<s>\" | \"content\":\"a\" | added_tokens[0].id is 9, expected the id that"
            + " this token has in the vocabulary, 2",
        "\"content\":\"<s>\" | \"content\":\"\" | added_tokens[0].content is \"\", expected 1 to"
            + " 1000 characters",
        "\"content\":\"<e>\" | \"content\":\"<s>\" | added_tokens[1].content is \"<s>\", expected a"
            + " token that is not there already",
        "\"id\":10 | \"id\":9 | added_tokens[1].id is 9, expected an id of its own, not that of"
            + " \"<s>\"",
        "{\"SpecialToken\":{\"id\":\"<s>\"}} | {\"SpecialToken\":{\"id\":\"<x>\"}} |"
            + " post_processor.single[0].SpecialToken.id is \"<x>\", expected one of special_tokens",
        "{\"Sequence\":{\"id\":\"A\"}} | {\"Sequence\":{\"id\":\"B\"}} |"
            + " post_processor.single[1].Sequence.id is \"B\", expected the sequence A, once",
        "\"ids\":[9] | \"ids\":[9,9] | post_processor.special_tokens.<s>.tokens is an array,"
            + " expected as many as ids, 2",
        "\"model\" | \"modle\" | has no \"model\"",
        "\"merges\" | \"merge\" | model has no \"merges\"",
      })
  void isRefusedInOneSentence(String part, String other, String sentence) throws IOException {
    assertThat(valid()).contains(part);
    Path file = write(valid().replace(part, other));
    assertThatThrownBy(() -> Tokenizer.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": " + sentence);
  }

  @Test
  void theFileThatTheOthersAreMadeOfIsRead() throws IOException {
    Tokenizer tokenizer = Tokenizer.read(write(valid()));
    assertThat(tokenizer.encode("ab").ids()).containsExactly(9, 4);
    assertThat(tokenizer.size()).isEqualTo(7);
    assertThat(tokenizer.id("<e>")).isEqualTo(10);
    assertThat(tokenizer.token(4)).isEqualTo("ab");
    assertThat(tokenizer.token(77)).isNull();
  }

  @Test
  void noSplitIsTakenForAnother() throws IOException {
    String split =
        "\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\w+\"},\"behavior\":\"Isolated\"";
    Path file = write(valid().replace("\"type\":\"ByteLevel\",\"add_prefix_space\":false", split));
    assertThatThrownBy(() -> Tokenizer.read(file))
        .hasMessage(
            file
                + ": pre_tokenizer.pattern.Regex is \"\\w+\", expected the pattern of GPT-2, Llama 3"
                + " or Qwen2");
  }

  @Test
  void nestingIsBounded() throws IOException {
    String deep = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(100_000) + "]}".repeat(100_000);
    Path file = write("{\"normalizer\":" + deep + "}");
    assertThatThrownBy(() -> Tokenizer.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": is not valid JSON at character");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] bytes = valid().getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("tokenizer.json");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(catchThrowable(() -> Tokenizer.read(file)))
          .as("the first %d bytes", length)
          .isInstanceOf(ModelException.class)
          .hasMessageNotContainingAny("\n", "\r");
    }
  }

  /** A file with a few bytes changed is refused in one line, or it is a tokenizer that works. */
  @Test
  void mutationsAreRefusedOrWork() throws IOException {
    Random random = new Random(18);
    Path file = folder.resolve("tokenizer.json");
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = mutated(valid(), random);
      Files.write(file, bytes);
      String what = "mutation " + i + ": " + new String(bytes, StandardCharsets.UTF_8);
      try {
        Tokenizer tokenizer = Tokenizer.read(file);
        Encoding encoding = tokenizer.encode("<s> ab\u00e9\ud83d\ude00 b<e>", 100);
        assertThat(encoding.length()).as(what).isLessThanOrEqualTo(100);
        tokenizer.decode(encoding.ids());
      } catch (ModelException e) {
        assertThat(e.getMessage()).as(what).doesNotContain("\n").hasSizeLessThan(2_000);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(what, e);
      }
    }
  }

  private static byte[] mutated(String json, Random random) {
    String[] pieces = {
      "null", "[]", "{}", "-1", "1e400", "\"\"", "true", "\"\\ud800\"", "99999999"
    };
    StringBuilder text = new StringBuilder(json);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) (random.nextInt(0x5f) + 0x20));
        case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
        default -> {
          // A whole value for another.
          int colon = text.indexOf(":", at);
          int end = colon < 0 ? -1 : text.indexOf(",", colon);
          if (end > 0) {
            text.replace(colon + 1, end, pieces[random.nextInt(pieces.length)]);
          }
        }
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("tokenizer.json"), json);
  }

  private static String valid() {
    return "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":9,\"content\":\"<s>\",\"special\":true},"
        + "{\"id\":10,\"content\":\"<e>\",\"normalized\":true}],"
        + "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"}]},"
        + "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false},"
        + "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":["
        + "{\"SpecialToken\":{\"id\":\"<s>\"}},{\"Sequence\":{\"id\":\"A\"}}],\"special_tokens\":"
        + "{\"<s>\":{\"id\":\"<s>\",\"ids\":[9],\"tokens\":[\"<s>\"]}}},"
        + "\"decoder\":{\"type\":\"Fuse\"},\"model\":{\"type\":\"BPE\",\"unk_token\":\"<unk>\","
        + "\"dropout\":0,\"vocab\":{\"<unk>\":0,\"\u00c3\":1,\"a\":2,\"b\":3,\"ab\":4},"
        + "\"merges\":[\"a b\"]}}";
  }
}
