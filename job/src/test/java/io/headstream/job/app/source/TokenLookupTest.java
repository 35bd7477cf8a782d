package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.cache.DistributedCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenLookupTest {
  private static final float[] TABLE = {0.5f, 1, 2, 3, -1, -2};

  @TempDir Path folder;

  @Test
  void aTokensRowIsItsEmbedding() throws Exception {
    withLookup(
        false,
        lookup ->
            assertThat(token(lookup, "{\"sequence_id\":\"a\",\"position\":5,\"token\":2}"))
                .satisfies(
                    token -> {
                      assertThat(token.embedding()).containsExactly(-1, -2);
                      assertThat(token.position()).isEqualTo(5);
                    }));
  }

  /** sin and cos of 5 / 10000^0, computed elsewhere: -0.9589242746631385, 0.28366218546322625. */
  @Test
  void theEncodingOfThePositionIsAddedToARowAndToNothingElse() throws Exception {
    withLookup(
        true,
        lookup -> {
          Token looked = token(lookup, "{\"token\":1,\"sequence_id\":\"a\",\"position\":5}");
          assertThat(looked.embedding()).containsExactly(2 - 0.9589243f, 3 + 0.2836622f);
          Token given = token(lookup, "{\"embedding\":[2,3],\"sequence_id\":\"a\",\"position\":5}");
          assertThat(given.embedding()).containsExactly(2, 3);
          assertThat(
                  token(lookup, "{\"token\":1,\"sequence_id\":\"a\",\"position\":5}").embedding())
              .as("a second time")
              .isEqualTo(looked.embedding());
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | token is 3, not an integer from 0 to 2, the last of the embedding table",
        "-1 | token is -1, not an integer from 0 to 2, the last of the embedding table",
        "1.0 | token is 1.0, not an integer from 0 to 2, the last of the embedding table",
        "99999999999 | token is 99999999999, not an integer from 0 to 2, the last of the embedding table",
        "\"1\" | token is a string, not an integer from 0 to 2, the last of the embedding table",
        "null | 'none of token, embedding and embedding_f32'",
        "1,\"embedding\":[1,2] | both token and embedding",
        "1,\"embedding_f32\":\"AAAA\" | both token and embedding_f32"
      })
  void whatIsNoTokenOfTheTableIsMalformed(String value, String detail) throws Exception {
    String record = "{\"sequence_id\":\"a\",\"position\":0,\"token\":" + value + "}";
    withLookup(
        false,
        lookup ->
            assertThat(parsed(lookup, record).deadLetters())
                .singleElement()
                .satisfies(
                    letter -> {
                      assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
                      assertThat(letter.detail()).isEqualTo(detail);
                    }));
  }

  @Test
  void withoutATableATokenIsAFieldLikeAnyOther() {
    String record = "{\"sequence_id\":\"a\",\"position\":0,\"token\":{},\"embedding\":[1,2]}";
    assertThat(Parsed.by(new JsonTokenParser(2, false, false), record).token().embedding())
        .containsExactly(1, 2);
  }

  private interface Check {
    void on(TokenLookup lookup) throws Exception;
  }

  /** Several slots' lookups at once, of which one is looked at; in the end nothing is loaded. */
  private void withLookup(boolean sinusoidal, Check check) throws Exception {
    Path file = folder.resolve("table.safetensors");
    new SafetensorsWriter().add("e", TensorType.F32, List.of(3L, 2L), TABLE).write(file);
    DistributedCache files =
        new DistributedCache(
            Map.of(
                "table",
                CompletableFuture.completedFuture(
                    new org.apache.flink.core.fs.Path(file.toUri()))));
    TokenLookup lookup = new TokenLookup("table", null, 2, sinusoidal);
    TokenLookup ofOtherSlot = new TokenLookup("table", null, 2, sinusoidal);
    lookup.open("job", files);
    ofOtherSlot.open("job", files);
    assertThat(TokenLookup.tablesInUse()).isEqualTo(1);
    ofOtherSlot.close();
    try {
      check.on(lookup);
    } finally {
      lookup.close();
    }
    assertThat(TokenLookup.tablesInUse()).isZero();
  }

  private static Token token(TokenLookup lookup, String record) {
    return parsed(lookup, record).token();
  }

  private static Parsed parsed(TokenLookup lookup, String record) {
    JsonTokenParser parser = new JsonTokenParser(2, false, false).withTable(3);
    byte[] bytes = record.getBytes(UTF_8);
    return Parsed.by(parser, lookup, new RawRecord(bytes, "t:1", bytes.length));
  }
}
