package io.headstream.job.app.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.Token;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenJsonTest {

  @Test
  void writesTheFieldsInOrder() {
    Token token = new Token("user-42", 3, new float[] {0.43f, -2}, "cat", -5L, true, "a:1");
    assertThat(text(token))
        .isEqualTo(
            "{\"sequence_id\":\"user-42\",\"position\":3,\"embedding\":[0.43,-2.0],"
                + "\"label\":\"cat\",\"timestamp\":-5,\"last\":true}");
  }

  @Test
  void leavesOutWhatIsNotThere() {
    assertThat(text(Token.of("a", 0, new float[] {1}, false)))
        .isEqualTo("{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1.0]}");
    assertThat(text(Token.of("a", Token.ON_ARRIVAL, new float[0], false)))
        .isEqualTo("{\"sequence_id\":\"a\",\"embedding\":[]}");
  }

  @Test
  void escapesAndRepairsText() {
    Token token =
        new Token("ä\"\n\u2028😀", 0, new float[0], "\ud83d\ude00\ude00\ud800", null, false, "");
    assertThat(text(token))
        .isEqualTo(
            "{\"sequence_id\":\"ä\\\"\\n\u2028😀\",\"position\":0,\"embedding\":[],"
                + "\"label\":\"😀\ufffd\ufffd\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "80000000, -0.0",
    "1, 1.4E-45",
    "7fffff, 1.1754942E-38",
    "7f7fffff, 3.4028235E38",
    "3dcccccd, 0.1",
    "4c000004, 3.355445E7",
    "501502f9, 1.0E10",
    "322bcc77, 1.0E-8",
    "4c000000, 3.3554432E7"
  })
  void writesTheFewestDigits(String bits, String digits) {
    float value = Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    assertThat(digits(value)).isEqualTo(digits);
  }

  @Test
  void everyFloatReadsBack() {
    long seed = 7;
    Random random = new Random(seed);
    for (int n = 0; n < 300_000; n++) {
      // Every fourth one is subnormal.
      int bits = n % 4 == 0 ? random.nextInt() & 0x807FFFFF : random.nextInt();
      float value = Float.intBitsToFloat(bits);
      if (!Float.isFinite(value)) {
        continue;
      }
      String digits = digits(value);
      assertThat(Float.floatToRawIntBits(Float.parseFloat(digits)))
          .as("seed %d, bits %08x", seed, bits)
          .isEqualTo(bits);
      if (Runtime.version().feature() >= 19) {
        assertThat(digits).as("seed %d", seed).isEqualTo(Float.toString(value));
      }
    }
  }

  private static String digits(float value) {
    String text = text(Token.of("a", 0, new float[] {value}, false));
    return text.substring(text.indexOf('[') + 1, text.indexOf(']'));
  }

  private static String text(Token token) {
    return new String(TokenJson.bytes(token), UTF_8);
  }
}
