package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.records.Token;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Records whose fields have names of the user's own. */
class TokenFormatParsingTest {
  private static final TokenFormat OWN =
      new TokenFormat("user", "step", "vec", "word", "name", "ts", "end", FloatEncoding.JSON);
  private static final JsonTokenParser PARSER = new JsonTokenParser(2, false, true, OWN);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'{\"step\":0,\"vec\":[1,2],\"ts\":1}' | user is missing",
        "'{\"user\":\"\",\"step\":0,\"vec\":[1,2],\"ts\":1}' | user is empty",
        "'{\"user\":1,\"step\":0,\"vec\":[1,2],\"ts\":1}' | user is 1, not a string",
        "'{\"user\":\"u\",\"vec\":[1,2],\"ts\":1}' | step is missing",
        "'{\"user\":\"u\",\"step\":-1,\"vec\":[1,2],\"ts\":1}' | step is -1, not an integer from 0 to 2147483647",
        "'{\"user\":\"u\",\"step\":0,\"ts\":1}' | neither vec nor vec_f32",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1],\"vec_f32\":\"\",\"ts\":1}' | both vec and vec_f32",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1],\"ts\":1}' | vec has 1 numbers, model-dim is 2",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,1e39],\"ts\":1}' | vec[1] is 1e39, not finite as float32",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,null],\"ts\":1}' | vec[1] is null, not a number",
        "'{\"user\":\"u\",\"step\":0,\"vec_f32\":\"A\",\"ts\":1}' | vec_f32 has 1 characters of base64, not a multiple of 4",
        "'{\"user\":\"u\",\"step\":0,\"vec_f32\":\"AAAA\",\"ts\":1}' | vec_f32 has 3 bytes, not a multiple of 4",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,2]}' | ts is missing",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,2],\"ts\":\"x\"}' | ts is a string, not a 64-bit integer",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,2],\"ts\":1,\"end\":1}' | end is 1, not true or false",
        "'{\"user\":\"u\",\"step\":0,\"vec\":[1,2],\"ts\":1,\"name\":2}' | name is 2, not a string",
        "'{\"sequence_id\":\"u\",\"position\":0,\"embedding\":[1,2],\"timestamp\":1}' | user is missing"
      })
  void errorsNameTheUsersField(String record, String detail) {
    Parsed parsed = Parsed.by(PARSER, record.getBytes(UTF_8), "t:1");
    assertThat(parsed.deadLetters())
        .singleElement()
        .satisfies(letter -> assertThat(letter.detail()).isEqualTo(detail));
  }

  @Test
  void theDocumentedNamesAreFieldsLikeAnyOther() {
    String record =
        "{\"user\":\"u\",\"step\":0,\"vec\":[1,2],\"ts\":7,\"name\":\"n\",\"end\":true,"
            + "\"sequence_id\":5,\"position\":\"x\",\"embedding\":[],\"last\":{}}";
    assertThat(Parsed.by(PARSER, record.getBytes(UTF_8), "t:1").tokens())
        .singleElement()
        .satisfies(
            token -> {
              assertThat(token.sequenceId()).isEqualTo("u");
              assertThat(token.label()).isEqualTo("n");
              assertThat(token.timestamp()).isEqualTo(7);
              assertThat(token.last()).isTrue();
            });
  }

  @ParameterizedTest
  @EnumSource(FloatEncoding.class)
  void everyFiniteFloatComesBackWithItsBits(FloatEncoding encoding) {
    long seed = 11;
    Random random = new Random(seed);
    JsonTokenParser parser = new JsonTokenParser(64, false, false, OWN);
    for (int n = 0; n < 2_000; n++) {
      float[] embedding = new float[64];
      for (int c = 0; c < 64; c++) {
        float value;
        do {
          value =
              Float.intBitsToFloat(c % 4 == 0 ? random.nextInt() & 0x807FFFFF : random.nextInt());
        } while (!Float.isFinite(value));
        embedding[c] = value;
      }
      Token token = Token.of("a", n, embedding, false);
      byte[] line = TokenJson.bytes(token, OWN.withEncoding(encoding));
      float[] back = Parsed.by(parser, line, "t:1").tokens().get(0).embedding();
      for (int c = 0; c < 64; c++) {
        assertThat(Float.floatToRawIntBits(back[c]))
            .as("seed %d, token %d, channel %d", seed, n, c)
            .isEqualTo(Float.floatToRawIntBits(embedding[c]));
      }
    }
  }
}
