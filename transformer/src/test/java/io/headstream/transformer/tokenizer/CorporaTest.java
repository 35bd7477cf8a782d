package io.headstream.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real mails, real vocabularies and the whole table of Unicode: what {@code -Pcorpora} fetches. */
@EnabledIfSystemProperty(named = "headstream.corpora", matches = ".+")
class CorporaTest {
  @TempDir Path folder;

  static Stream<String> shapes() {
    return Shapes.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void mailsByEveryShape(String shape) throws IOException {
    mails(Shapes.all().get(shape), 40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all-minilm-l6-v2-tokenizer.json", "bge-small-en-v1.5-tokenizer.json"})
  void mailsAndTextsByTrainedVocabularies(String name) throws IOException {
    String json;
    try (InputStream stream = CorporaTest.class.getResourceAsStream("/" + name)) {
      json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    mails(json, 1);
    Texts texts = new Texts(18);
    try (Pair pair = new Pair(json, folder)) {
      for (int i = 0; i < Integer.getInteger("headstream.texts", 500); i++) {
        pair.compare(texts.next(), true, "text " + i);
      }
    }
  }

  @Test
  void theTableIsWhatItsGeneratorWrites() throws IOException {
    try (InputStream stream = UnicodeTables.class.getResourceAsStream("unicode.txt")) {
      String table = new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(table).isEqualTo(UnicodeTableGenerator.table());
    }
  }

  /** Compares every mail, or each of so many. */
  private void mails(String json, int each) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(Path.of(System.getProperty("headstream.corpora")))) {
      all.filter(file -> file.toString().endsWith(".json")).sorted().forEach(files::add);
    }
    assertThat(files.size()).isGreaterThan(10_000);
    try (Pair pair = new Pair(json, folder)) {
      for (int i = 0; i < files.size(); i += each) {
        String mail = mapper.readTree(files.get(i).toFile()).path("text").asText();
        pair.compare(mail, true, files.get(i).toString());
      }
    }
  }
}
