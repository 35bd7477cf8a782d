package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostileInputTest {
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
    List<byte[]> seeds = RecordFuzz.seeds();
    int good = 0;
    for (int n = 0; n < 100_000; n++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size()));
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes = changed(bytes, random);
      }
      try {
        RecordFuzz.fuzzerTestOneInput(bytes);
        good += RecordFuzz.check(json, bytes) ? 1 : 0;
      } catch (Throwable e) {
        String input = HexFormat.of().formatHex(bytes);
        throw new AssertionError("seed " + seed + ", input " + n + ": " + input, e);
      }
    }
    assertThat(good).as("records that were still good").isBetween(1_000, 75_000);
  }

  /** Deep nesting and long numbers, as long as a record may be: no stack and no time is spent. */
  @Test
  void aRecordOfOneCharacterIsMalformedHoweverLong() {
    TokenParser json = new JsonTokenParser(2, false, false);
    for (String character : new String[] {"[", "{", "{\"a\":", "\"", "9", "-", "\\", "\u00e9"}) {
      byte[] bytes = character.repeat((1 << 20) / character.length()).getBytes(UTF_8);
      assertThat(Parsed.by(json, bytes, "t:1").deadLetters()).as("%s...", character).hasSize(1);
      byte[] inside = ("{\"x\":" + character.repeat(1 << 17)).getBytes(UTF_8);
      assertThat(Parsed.by(json, inside, "t:1").deadLetters()).as("x: %s...", character).hasSize(1);
    }
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
