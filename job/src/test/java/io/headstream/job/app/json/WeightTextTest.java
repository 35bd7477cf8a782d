package io.headstream.job.app.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightTextTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final WeightText text = new WeightText();

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "-0.0, 0",
    "NaN, null",
    "Infinity, null",
    "0.1, 0.1",
    "0.2, 0.2",
    "0.3, 0.3",
    "0.5, 0.5",
    "0.99999994, 0.99999994",
    "0.0010000002, 0.0010000002",
    "0.001, 0.001",
    "9.999999E-4, 9.999999E-4",
    "0.00020000001, 2.0000001E-4",
    "1E-4, 1.0E-4",
    "1E-5, 1.0E-5",
    "1E-20, 1.0E-20",
  })
  void zeroAndOneAreWrittenSoAndWhatIsNotFiniteAsNull(float weight, String expected)
      throws IOException {
    assertThat(written(weight)).isEqualTo(expected);
  }

  /** Every power of two and ten with its neighbours, and a million others at all sizes. */
  @Test
  void allOthersHaveTheFewestDigits() throws IOException {
    long seed = Long.getLong("headstream.test.seed", 41);
    for (double power = 1; power > 1e-30; power /= 2) {
      assertNeighbours((float) power);
    }
    for (double power = 1; power > 1e-30; power /= 10) {
      assertNeighbours((float) power);
    }
    SplittableRandom random = new SplittableRandom(seed);
    int one = Float.floatToRawIntBits(1);
    int least = Float.floatToRawIntBits(1e-10f);
    for (int n = 0; n < 500_000; n++) {
      assertSame(random.nextFloat(), seed);
      assertSame(Float.intBitsToFloat(random.nextInt(least, one)), seed);
    }
  }

  private void assertNeighbours(float weight) throws IOException {
    int bits = Float.floatToRawIntBits(weight);
    for (int n = -300; n <= 300; n++) {
      float neighbour = Float.intBitsToFloat(bits + n);
      if (neighbour < 1) {
        assertSame(neighbour, 0);
      }
    }
  }

  private void assertSame(float weight, long seed) throws IOException {
    if (weight != 0) {
      String expected = NumberOutput.toString(weight, true);
      String actual = written(weight);
      if (!actual.equals(expected)) {
        fail("seed %d: %s, expected %s", seed, actual, expected);
      }
    }
  }

  private String written(float weight) throws IOException {
    written.reset();
    float[] weights = {9, weight, 9};
    try (JsonGenerator json = Json.FACTORY.createGenerator(written)) {
      text.writeArray(weights, 1, 1, json);
    }
    String array = written.toString(StandardCharsets.UTF_8);
    assertThat(array).startsWith("[").endsWith("]");
    return array.substring(1, array.length() - 1);
  }

  /** Longer than the buffer, within other arrays, and empty. */
  @Test
  void arraysAreThoseOfTheGenerator() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    float[] weights = new float[1000];
    for (int n = 0; n < weights.length; n++) {
      weights[n] = n % 7 == 0 ? 0 : random.nextFloat();
    }
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    try (JsonGenerator ours = Json.FACTORY.createGenerator(written);
        JsonGenerator theirs = Json.FACTORY.createGenerator(expected)) {
      for (JsonGenerator json : new JsonGenerator[] {ours, theirs}) {
        json.writeStartObject();
        json.writeArrayFieldStart("rows");
      }
      for (int count : new int[] {0, 1, 2, 440, 441, 442, 443, 444, 445, 999, 0}) {
        text.writeArray(weights, 1, count, ours);
        theirs.writeStartArray();
        for (int n = 1; n <= count; n++) {
          if (weights[n] == 0) {
            theirs.writeNumber(0);
          } else {
            theirs.writeNumber(weights[n]);
          }
        }
        theirs.writeEndArray();
      }
      for (JsonGenerator json : new JsonGenerator[] {ours, theirs}) {
        json.writeEndArray();
        json.writeNumberField("after", 1);
        json.writeEndObject();
      }
    }
    assertThat(written.toString(StandardCharsets.UTF_8))
        .isEqualTo(expected.toString(StandardCharsets.UTF_8));
  }
}
