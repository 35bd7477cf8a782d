package io.headstream.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.headstream.job.json.DeadLetterJson;
import io.headstream.job.json.TokenJson;
import io.headstream.job.json.Utf8;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileInputTest {
  private static final String[] VALID = {
    "{\"sequence_id\": \"user-42\", \"position\": 0, \"embedding\": [0.1, -2.5], \"last\": false}",
    "{\"sequence_id\":\"ü\\ud83d\\ude00\",\"position\":17,\"embedding_f32\":\"AACAPwAAAEA=\"}",
    "{\"label\":\"€\",\"timestamp\":-1,\"sequence_id\":\"a\",\"position\":1,\"embedding\":[1e-40,3e38]}",
    "{\"sequence_id\":\"a\",\"position\":2,\"embedding\":[1,2],\"u\":{\"v\":[null,true,\"\\n\"]}}"
  };
  private static final String[] PIECES = {
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\ud800",
    "null",
    "NaN",
    "-",
    "e999",
    ".",
    "\0",
    "1",
    "\"position\":",
    "\ufeff",
    "\ud83d\ude00",
    "/*"
  };

  @Test
  void everyRecordIsATokenOrADeadLetter() {
    long seed = 1234567;
    Random random = new Random(seed);
    TokenParser json = new JsonTokenParser(2, false, false);
    TokenParser text = new TextTokenParser(2, 0);
    int good = 0;
    for (int n = 0; n < 200_000; n++) {
      byte[] bytes = VALID[random.nextInt(VALID.length)].getBytes(UTF_8);
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes = changed(bytes, random);
      }
      Parsed parsed = Parsed.by(json, bytes, "t:1");
      Parsed words = Parsed.by(text, bytes, "t:1");
      if (parsed.deadLetters().isEmpty()) {
        good++;
      }
      if (!soundToken(json, parsed) && !soundDeadLetter(bytes, parsed)
          || words.deadLetters().size() > 1) {
        fail("seed %d, input %d: %s", seed, n, HexFormat.of().formatHex(bytes));
      }
    }
    assertThat(good).as("records that were still good").isBetween(2_000, 150_000);
  }

  /** One token, which is the same once it was written and read. */
  private static boolean soundToken(TokenParser parser, Parsed parsed) {
    if (parsed.tokens().size() != 1 || !parsed.deadLetters().isEmpty()) {
      return false;
    }
    byte[] line = TokenJson.bytes(parsed.tokens().get(0));
    Parsed again = Parsed.by(parser, line, "t:1");
    return again.tokens().size() == 1
        && Arrays.equals(TokenJson.bytes(again.tokens().get(0)), line)
        && Arrays.equals(again.tokens().get(0).embedding(), parsed.tokens().get(0).embedding());
  }

  /** One dead letter with the record as it was, which can be written. */
  private static boolean soundDeadLetter(byte[] bytes, Parsed parsed) {
    if (parsed.deadLetters().size() != 1 || !parsed.tokens().isEmpty()) {
      return false;
    }
    byte[] line = DeadLetterJson.bytes(parsed.deadLetters().get(0));
    return Arrays.equals(parsed.deadLetters().get(0).record(), bytes)
        && Utf8.validBytes(line) == line.length;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int end = Math.min(bytes.length, at + random.nextInt(4));
    byte[] piece =
        switch (random.nextInt(4)) {
          case 0 -> new byte[] {(byte) random.nextInt()};
          case 1 -> PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8);
          case 2 -> new byte[0];
          default -> {
            int from = random.nextInt(bytes.length + 1);
            yield Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(9)));
          }
        };
    byte[] changed = new byte[at + piece.length + bytes.length - end];
    System.arraycopy(bytes, 0, changed, 0, at);
    System.arraycopy(piece, 0, changed, at, piece.length);
    System.arraycopy(bytes, end, changed, at + piece.length, bytes.length - end);
    return changed;
  }
}
