package io.headstream.job.app.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "61, 1",
    "c3a4, 2",
    "e282ac, 3",
    "f09f9880, 4",
    "f48fbfbf, 4",
    "efbfbf, 3",
    "6161616161616161ff, 8",
    "c0af, 0",
    "c1bf, 0",
    "e080af, 0",
    "e09fbf, 0",
    "f08080af, 0",
    "eda080, 0",
    "edbfbf, 0",
    "f4908080, 0",
    "f5808080, 0",
    "80, 0",
    "61c3, 1",
    "61e282, 1",
    "61f09f98, 1",
    "c361, 0",
    "fe, 0"
  })
  void countsWholeCharacters(String hex, int valid) {
    assertThat(Utf8.validBytes(HexFormat.of().parseHex(hex))).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "61c3, 1, true",
    "e2, 0, true",
    "e282, 0, true",
    "f09f98, 0, true",
    "e080, 0, false",
    "eda0, 0, false",
    "f490, 0, false",
    "ff, 0, false",
    "80, 0, false",
    "c361, 0, false",
    "61, 1, false"
  })
  void tellsACutFromAnError(String hex, int at, boolean cut) {
    assertThat(Utf8.endsInsideCharacter(HexFormat.of().parseHex(hex), at)).isEqualTo(cut);
  }

  @Test
  void agreesWithTheDecoderOfTheJdk() {
    long seed = 20261123;
    Random random = new Random(seed);
    byte[] leads = {0x41, (byte) 0xC3, (byte) 0xE0, (byte) 0xED, (byte) 0xF0, (byte) 0xF4, 0x7F};
    for (int n = 0; n < 200_000; n++) {
      byte[] bytes = new byte[random.nextInt(14)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            switch (random.nextInt(4)) {
              case 0 -> leads[random.nextInt(leads.length)];
              case 1 -> (byte) random.nextInt();
              default -> (byte) (0x80 + random.nextInt(0x40));
            };
      }
      CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
      ByteBuffer in = ByteBuffer.wrap(bytes);
      decoder.decode(in, CharBuffer.allocate(32), true);
      assertThat(Utf8.validBytes(bytes))
          .as("seed %d, bytes %s", seed, HexFormat.of().formatHex(bytes))
          .isEqualTo(in.position());
    }
  }
}
