package io.headstream.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a JSON file gives, and the one line that refuses anything else. */
class JsonFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("config.json");
  }

  @Test
  void valuesComeByKeyWithTheirTypes() throws Exception {
    JsonValue json =
        read(
            """
            {"d": 64, "eps": 1e-5, "theta": 10000, "tied": true, "act": "gelu", "none": null,
             "merges": ["a b", ["c", "d"]], "model": {"vocab": {"é": 7, "x": 8}}}
            """);
    assertThat(json.getInt("d", 1, 100)).isEqualTo(64);
    assertThat(json.findInt("absent", 1, 100, 5)).isEqualTo(5);
    assertThat(json.findInt("none", 1, 100, 5)).isEqualTo(5);
    assertThat(json.findPositiveFloat("eps", 1)).isEqualTo(1e-5f);
    assertThat(json.get("theta").asDouble()).isEqualTo(10_000);
    assertThat(json.findBoolean("tied", false)).isTrue();
    assertThat(json.findString("act", "relu")).isEqualTo("gelu");
    assertThat(json.get("merges").elements().get(1).elements().get(0).asString()).isEqualTo("c");
    assertThat(json.get("model").get("vocab").fields())
        .extracting(field -> field.getKey() + field.getValue().path())
        .containsExactly("émodel.vocab.é", "xmodel.vocab.x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"d": "64"}      | d is "64", expected an integer from 1 to 100
          {"d": 64.0}      | d is 64.0, expected an integer from 1 to 100
          {"d": 101}       | d is 101, expected an integer from 1 to 100
          {"d": 1e400}     | d is Infinity, expected an integer from 1 to 100
          {"d": 99999999999999999999} | d is 99999999999999999999, expected an integer from 1 to 100
          {"d": [1]}       | d is an array, expected an integer from 1 to 100
          {"d": null}      | has no "d"
          {}               | has no "d"
          """)
  void anotherValueIsRefusedByItsKey(String text, String message) throws Exception {
    JsonValue json = read(text);
    refused(() -> json.getInt("d", 1, 100), message);
  }

  @Test
  void aPathLeadsToTheValue() throws Exception {
    JsonValue json = read("{\"model\": {\"merges\": [\"a b\", {\"x\": 1}]}}");
    JsonValue second = json.get("model").get("merges").elements().get(1);
    assertThat(second.path()).isEqualTo("model.merges[1]");
    refused(second::asString, "model.merges[1] is an object, expected a string");
    refused(() -> second.get("y"), "model.merges[1] has no \"y\"");
    refused(() -> second.get("x").asBoolean(), "model.merges[1].x is 1, expected true or false");
    refused(() -> second.get("x").get("z"), "model.merges[1].x is 1, expected an object");
    refused(second::elements, "model.merges[1] is an object, expected an array");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''              | is empty, expected a JSON object
          []              | is not a JSON object
          {"a": 1, "a": 2} | is not valid JSON at character
          {"a": {"b": 1, "b": 1}} | is not valid JSON at character
          {"a": NaN}      | is not valid JSON at character
          {"a": 1         | is not valid JSON at character
          {"a": 1} x      | is not valid JSON at character
          {"a": 1} {}     | has more behind its JSON value, expected nothing
          """)
  void whatIsNotOneObjectIsRefused(String text, String message) throws Exception {
    refusedBeginning(() -> read(text), message);
  }

  @Test
  void bytesDepthAndSizeAreBounded() throws Exception {
    Files.write(file, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    refused(() -> JsonFile.read(file, 100), "is not valid UTF-8");
    Files.writeString(file, "{\"a\": 1234567}");
    refused(() -> JsonFile.read(file, 13), "has 14 bytes, expected at most 13");
    assertThat(JsonFile.read(file, 14).getInt("a", 0, 9_999_999)).isEqualTo(1_234_567);
    refusedBeginning(
        () -> read("{\"a\": " + "[".repeat(100_000)), "is not valid JSON at character");
    refused(() -> JsonFile.read(folder.resolve("none.json"), 9), "none.json: no such file");
    refused(() -> JsonFile.read(folder, 9), "is a folder or device, expected a file");
  }

  @Test
  void aMessageIsOneShortLine() throws Exception {
    String many = "x\\n\\u202e".repeat(10_000);
    JsonValue json = read("{\"" + many + "\": \"" + many + "\"}");
    String key = json.fields().iterator().next().getKey();
    assertThatThrownBy(() -> json.get(key).asBoolean())
        .isInstanceOf(ModelException.class)
        .message()
        .hasSizeLessThan(1_200 + file.toString().length())
        .doesNotContain("\n", "\u202e");
  }

  private JsonValue read(String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    return JsonFile.read(file, 1_000_000);
  }

  private void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder.toString())
        .hasMessageEndingWith(message.contains(": ") ? message : ": " + message);
  }

  private void refusedBeginning(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": " + message);
  }
}
