package io.headstream.job.app.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.records.AttentionMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionMapJsonTest {
  private static final int ALL = Integer.MAX_VALUE;

  @Test
  void isAnObjectAsInTheInterface() throws IOException {
    AttentionMap map =
        new AttentionMap(
            "user-42", 0, List.of("the", "cat"), 2, ALL, 0, 0, new float[2], new float[2]);
    assertThat(line(map))
        .isEqualTo(
            "{\"sequence_id\":\"user-42\",\"head\":0,\"labels\":[\"the\",\"cat\"],"
                + "\"attention\":[[1,0],[0.5,0.5]]}");
  }

  @Test
  void labelsAreThereOnlyWhereTokensHaveThem() throws IOException {
    float[] one = {0, 0};
    assertThat(line(new AttentionMap("a", 3, List.of(), 2, ALL, ALL, 0, one, one)))
        .isEqualTo("{\"sequence_id\":\"a\",\"head\":3,\"attention\":[[0.5,0.5],[0.5,0.5]]}");
    assertThat(line(new AttentionMap("a", 3, Arrays.asList(null, "x"), 2, 0, 0, 0, one, one)))
        .contains("\"labels\":[null,\"x\"]");
  }

  @Test
  void whatIsNotFiniteIsNullAndHostileTextStaysText() throws IOException {
    float[] infinite = {Float.POSITIVE_INFINITY};
    String hostile = "</script>\u2028\n\"\uD800" + "x".repeat(10_000);
    String line =
        line(new AttentionMap(hostile, 0, List.of(hostile), 1, 0, 0, 0, infinite, new float[1]));
    assertThat(line).endsWith("\"attention\":[[null]]}").doesNotContain("\n");
    try (JsonParser json = Json.FACTORY.createParser(line)) {
      json.nextToken();
      assertThat(json.nextFieldName()).isEqualTo("sequence_id");
      assertThat(json.nextTextValue()).isEqualTo(hostile.replace('\uD800', '\uFFFD'));
    }
  }

  /** More rows than are made at a time, and more keys than a tile has. */
  @Test
  void aMapOfSeveralBlocksHasAllItsRows() throws IOException {
    int length = 300;
    float[] rising = new float[length];
    for (int i = 0; i < length; i++) {
      rising[i] = i / 100f;
    }
    byte[] bytes =
        line(new AttentionMap("a", 0, List.of(), length, 200, 0, 3, rising, rising))
            .getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = Json.FACTORY.createParser(bytes)) {
      while (json.nextToken() != JsonToken.START_ARRAY) {}
      for (int i = 0; i < length; i++) {
        assertThat(json.nextToken()).isEqualTo(JsonToken.START_ARRAY);
        double sum = 0;
        for (int j = 0; j < length; j++) {
          json.nextToken();
          float weight = json.getFloatValue();
          boolean sees = j <= i && (j >= i - 200 || j < 3);
          assertThat(weight > 0).as("%d sees %d", i, j).isEqualTo(sees);
          assertThat(weight == 0 && json.getText().length() > 1).as("0 is 0").isFalse();
          sum += weight;
        }
        assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
        assertThat(json.nextToken()).isEqualTo(JsonToken.END_ARRAY);
      }
      assertThat(json.nextToken()).isEqualTo(JsonToken.END_ARRAY);
      assertThat(json.nextToken()).isEqualTo(JsonToken.END_OBJECT);
    }
  }

  private static String line(AttentionMap map) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    AttentionMapJson.write(map, stream);
    return stream.toString(StandardCharsets.UTF_8);
  }
}
