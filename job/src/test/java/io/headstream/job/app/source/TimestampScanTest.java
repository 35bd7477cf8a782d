package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampScanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"ts\":5} | 5",
        "{\"ts\" : -5 , \"a\":1} | -5",
        "{ \"a\": [1,2,{\"ts\":1}], \"b\":{\"ts\":2}, \"ts\":3} | 3",
        "{\"a\":\"ts\",\"ts\":4} | 4",
        "{\"a\":\"\\\"ts\\\":9\",\"ts\":4} | 4",
        "{\"a\":\"}{][\",\"ts\":4} | 4",
        "{\"\\u0074s\":6} | 6",
        "{\"ts\":null} | " + TimestampScan.NONE,
        "{\"ts\":\"5\"} | " + TimestampScan.NONE,
        "{\"ts\":99999999999999999999} | " + TimestampScan.NONE,
        "{\"ts\":--5} | " + TimestampScan.NONE,
        "{\"ts | " + TimestampScan.NONE,
        "{\"ts\" | " + TimestampScan.NONE,
        "{\"ts\": | " + TimestampScan.NONE,
        "{\"\\ | " + TimestampScan.NONE,
        "[{\"ts\":5}] | " + TimestampScan.NONE,
        "{} | " + TimestampScan.NONE,
      })
  void findsTheFieldOfTheObjectItself(String record, long expected) {
    assertThat(scan("ts", record.getBytes(UTF_8))).isEqualTo(expected);
  }

  @Test
  void findsANameOutsideOfAsciiHoweverItIsWritten() {
    assertThat(scan("zeit-ü", "{\"zeit-ü\":7}".getBytes(UTF_8))).isEqualTo(7);
    assertThat(scan("zeit-ü", "{\"zeit-\\u00fc\":7}".getBytes(UTF_8))).isEqualTo(7);
  }

  @Test
  void skipsAByteOrderMark() {
    byte[] bytes = "\ufeff{\"ts\":7}".getBytes(UTF_8);
    RawRecord record = new RawRecord(bytes, "t:1", bytes.length, 3);
    assertThat(new TimestampScan("ts").timestamp(record)).isEqualTo(7);
  }

  /** Whatever it is given, it ends without an exception; and it agrees with the parser. */
  @Test
  void findsWhatTheParserFinds() {
    long seed = 3;
    Random random = new Random(seed);
    TokenFormat format =
        new TokenFormat("id", "at", "x", "w", "ts\\", "ts", "end", FloatEncoding.JSON);
    JsonTokenParser parser = new JsonTokenParser(1, true, false, format);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      "\"ts\":1",
      "\"ts\":-20",
      ",",
      "\"",
      "\\",
      ":",
      " ",
      "\"x\":[1]",
      "\"id\":\"a\"",
      "\"a\":{\"ts\":3}",
      "\"ts\\\\\":\"ts\"",
      "\"\\u0074s\":4"
    };
    int withTimestamp = 0;
    for (int n = 0; n < 100_000; n++) {
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "{\"id\":\"a\"");
      for (int piece = random.nextInt(6); piece >= 0; piece--) {
        text.append(random.nextInt(4) == 0 ? "" : ",");
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      byte[] bytes = text.append(random.nextInt(4) == 0 ? "" : "}").toString().getBytes(UTF_8);
      long found = scan("ts", bytes);
      for (Token token : Parsed.by(parser, bytes, "t:1").tokens()) {
        long expected = token.timestamp() == null ? TimestampScan.NONE : token.timestamp();
        assertThat(found).as("seed %d, record %s", seed, text).isEqualTo(expected);
        withTimestamp += token.timestamp() == null ? 0 : 1;
      }
      scan("ts", Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    }
    assertThat(withTimestamp).as("tokens with a timestamp").isGreaterThan(100);
  }

  private static long scan(String name, byte[] bytes) {
    return new TimestampScan(name).timestamp(new RawRecord(bytes, "t:1", bytes.length));
  }
}
