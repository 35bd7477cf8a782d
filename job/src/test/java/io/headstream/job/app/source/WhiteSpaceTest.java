package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhiteSpaceTest {

  @Test
  void isThePropertyOfUnicode() {
    Pattern property = Pattern.compile("\\p{IsWhite_Space}");
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      boolean expected = property.matcher(Character.toString(c)).matches();
      assertThat(WhiteSpace.is((char) c)).as("U+%04X", c).isEqualTo(expected);
    }
    for (int c = 0x10000; c <= Character.MAX_CODE_POINT; c++) {
      assertThat(property.matcher(Character.toString(c)).matches()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "' \t\r\u000b\f', true",
    "'\u00a0\u2028\u3000 ', true",
    "' a ', false",
    "'\u200b', false",
    "'\u3000\ufeff', false",
    "'\u001f', false"
  })
  void tellsBlankLines(String text, boolean blank) {
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(blank(bytes, bytes.length)).isEqualTo(blank);
  }

  @Test
  void aByteThatIsNotTextIsNotBlank() {
    assertThat(blank(new byte[] {' ', (byte) 0xFF}, 2)).isFalse();
    assertThat(blank(new byte[] {' ', 'a'}, 1)).isTrue();
  }

  @Test
  void cutsWords() {
    assertThat(WhiteSpace.words(" the\u00a0cat\u2028\t sat\u3000on  it,"))
        .containsExactly("the", "cat", "sat", "on", "it,");
    assertThat(WhiteSpace.words("zero\u200bwidth")).containsExactly("zero\u200bwidth");
    assertThat(WhiteSpace.words(" \u0085")).isEmpty();
  }

  /** A character may be cut anywhere between two pieces of a line. */
  @Test
  void findsWhatTheDecodedTextHas() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      byte[] bytes = (" " + Character.toString(c)).getBytes(UTF_8);
      boolean expected = c <= Character.MAX_VALUE && WhiteSpace.is((char) c);
      assertThat(blank(bytes, bytes.length)).as("U+%X", c).isEqualTo(expected);
      if (expected) {
        assertThat(blank(bytes, bytes.length - 1)).as("U+%X cut", c).isEqualTo(bytes.length == 2);
      }
    }
  }

  private static boolean blank(byte[] bytes, int length) {
    BlankScan scan = new BlankScan();
    for (int i = 0; i < length; i++) {
      scan.scan(bytes, i, i + 1);
    }
    return scan.blank();
  }
}
