package io.headstream.job.app.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.Token;
import org.junit.jupiter.api.Test;

class TokenFormatTest {
  private static final TokenFormat OWN =
      new TokenFormat("user", "step", "vec", "word", "name", "ts", "end", FloatEncoding.JSON);

  @Test
  void namesTheFieldsAsItIsTold() {
    Token token = new Token("u", 3, new float[] {0.5f, -2}, "cat", -5L, true, "a:1");
    assertThat(text(token, OWN))
        .isEqualTo(
            "{\"user\":\"u\",\"step\":3,\"vec\":[0.5,-2.0],\"name\":\"cat\",\"ts\":-5,\"end\":true}");
    assertThat(text(token, OWN.withEncoding(FloatEncoding.F32)))
        .isEqualTo(
            "{\"user\":\"u\",\"step\":3,\"vec_f32\":\"AAAAPwAAAMA=\","
                + "\"name\":\"cat\",\"ts\":-5,\"end\":true}");
  }

  @Test
  void noTwoFieldsHaveOneName() {
    assertThatThrownBy(
            () -> new TokenFormat("a", "b", "c", "d", "e", "c_f32", "g", FloatEncoding.JSON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two fields are called 'c_f32'");
    assertThatThrownBy(() -> new TokenFormat("a", "", "c", "d", "e", "f", "g", FloatEncoding.JSON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a field's name is empty");
  }

  private static String text(Token token, TokenFormat format) {
    return new String(TokenJson.bytes(token, format), UTF_8);
  }
}
