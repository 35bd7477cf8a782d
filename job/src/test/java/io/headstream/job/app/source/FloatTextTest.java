package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloatTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "0.0",
        "-0.0e5",
        "1",
        "-1",
        "1.5",
        "1e3",
        "1E+3",
        "25e-1",
        "0.1",
        "16777217",
        "16777219",
        "9007199254740993",
        "1e22",
        "1e23",
        "1e38",
        "3.4028235e38",
        "3.4028236e38",
        "1e39",
        "1e999",
        "-1e99999",
        "1e-45",
        "7e-46",
        "1e-99999",
        "1.1754944e-38",
        "1.1754942e-38",
        "1.17549429e-38",
        "123456789012345678901234567890",
        "0.000000000000000000000000000001",
        "0e99999",
        "1.00000017881393432617187499",
        "1.000000178813934326171875",
        "1.00000017881393432617187501"
      })
  void readsAsTheJdkDoes(String text) {
    assertReadsAsTheJdk(text, "");
  }

  @Test
  void doesNotRoundTwice() {
    // Nearer to 1.0000001 than to 1.0000002, but the nearest double lies between the two.
    String text = "1.00000017881393432617187499";
    assertThat((float) Double.parseDouble(text)).isEqualTo(1.0000002f);
    assertThat(parse(text)).isEqualTo(1.0000001f);
  }

  @Test
  void doesNotRoundTwiceOnTheFastWay() {
    long seed = 42;
    Random random = new Random(seed);
    int wrongByWayOfDouble = 0;
    for (int n = 0; n < 200_000; n++) {
      float low = Float.intBitsToFloat(0x30000000 + random.nextInt(0x20000000));
      BigDecimal between =
          new BigDecimal(low).add(new BigDecimal(Math.nextUp(low))).divide(BigDecimal.valueOf(2));
      String text = between.round(new MathContext(15 + random.nextInt(2))).toString();
      assertReadsAsTheJdk(text, "seed " + seed);
      if ((float) Double.parseDouble(text) != Float.parseFloat(text)) {
        wrongByWayOfDouble++;
      }
    }
    assertThat(wrongByWayOfDouble).as("the test's own power").isPositive();
  }

  @Test
  void readsRandomNumbersAsTheJdkDoes() {
    long seed = 43;
    Random random = new Random(seed);
    for (int n = 0; n < 200_000; n++) {
      assertReadsAsTheJdk(
          Float.toString(Float.intBitsToFloat(random.nextInt() & 0xFF7FFFFF)), "seed " + seed);
      String digits = Long.toString(random.nextLong() >> random.nextInt(63));
      assertReadsAsTheJdk(digits + "e" + (random.nextInt(100) - 60), "seed " + seed);
    }
  }

  private static void assertReadsAsTheJdk(String text, String seed) {
    assertThat(Float.floatToRawIntBits(parse(text)))
        .as("%s %s", text, seed)
        .isEqualTo(Float.floatToRawIntBits(Float.parseFloat(text)));
  }

  private static float parse(String text) {
    char[] chars = ("[[" + text + "]").toCharArray();
    return FloatText.parse(chars, 2, text.length());
  }
}
