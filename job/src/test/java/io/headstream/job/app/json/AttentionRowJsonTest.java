package io.headstream.job.app.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.AttentionRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AttentionRowJsonTest {
  @Test
  void isAnObjectAsInTheInterface() throws IOException {
    float[] weights = {0.2f, 0.3f, 0.5f};
    assertThat(line(new AttentionRow("user-42", 1, 5, 0, 3, weights)))
        .isEqualTo(
            "{\"sequence_id\":\"user-42\",\"head\":1,\"position\":5,\"keys\":[3,4,5],"
                + "\"attention\":[0.2,0.3,0.5]}");
  }

  @Test
  void sinksStandBeforeTheWindow() throws IOException {
    assertThat(line(new AttentionRow("a", 0, 71, 2, 70, new float[] {0, 1, 0, Float.NaN})))
        .endsWith("\"position\":71,\"keys\":[0,1,70,71],\"attention\":[0,1,0,null]}");
  }

  @Test
  void positionsMayHaveAnyNumberOfDigits() throws IOException {
    float[] weights = new float[1200];
    StringBuilder keys = new StringBuilder("\"keys\":[0,1");
    for (int n = 2; n < weights.length; n++) {
      keys.append(',').append(2_147_482_448 + n);
    }
    assertThat(line(new AttentionRow("a", 0, Integer.MAX_VALUE, 2, 2_147_482_450, weights)))
        .contains(keys + "],\"attention\":[0,0,");
    assertThat(line(new AttentionRow("a", 0, 1001, 0, 8, new float[994])))
        .contains("\"keys\":[8,9,10,11,", ",98,99,100,101,", ",998,999,1000,1001]");
  }

  @Test
  void hostileTextStaysText() throws IOException {
    String line = line(new AttentionRow("\n\"\uD800</script>", 0, 0, 0, 0, new float[] {1}));
    assertThat(line).startsWith("{\"sequence_id\":\"\\n\\\"\uFFFD</script>\",");
  }

  private static String line(AttentionRow row) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    AttentionRowJson.write(row, stream);
    return stream.toString(StandardCharsets.UTF_8);
  }
}
