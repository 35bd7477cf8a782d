package io.headstream.safetensors;

import static io.headstream.safetensors.SafetensorsBytes.entry;
import static io.headstream.safetensors.SafetensorsBytes.file;
import static io.headstream.safetensors.SafetensorsBytes.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files, each of them refused in one line. */
class SafetensorsRefusalTest {
  private static final String LONG_NAME = "n".repeat(60_000);

  @TempDir Path folder;

  /** Headers with the length of the data behind them, and how the refusal ends or what is in it. */
  static Stream<Arguments> headers() {
    String x = entry("x", "F32", "[2]", 0, 8);
    return Stream.of(
        // Not a JSON object.
        arguments("", 0, "the header is not a JSON object: it has no bytes, expected {"),
        arguments("[]", 0, "begins with byte 0x5b, expected {"),
        arguments("null", 0, "begins with byte 0x6e, expected {"),
        arguments(" {}", 0, "begins with byte 0x20, expected {"),
        arguments("\0{}", 0, "begins with byte 0x00, expected {"),
        arguments("\ufeff{}", 0, "begins with byte 0xef, expected {"),
        arguments("{", 0, "the header is not valid JSON at character 1: "),
        arguments("{x", 0, "the header is not valid JSON"),
        arguments("{\"x\":{\"dtype\":\"F32\",", 8, "tensor \"x\" is not valid JSON"),
        arguments("{\u0000\"\u0000x", 0, "the header is not valid JSON"),
        arguments("{" + x + ",}", 8, "is not valid JSON"),
        arguments("{" + x + "}{}", 8, "the header has \"{\" after the JSON object"),
        arguments("{" + x + "}  x", 8, "the header has \"x\" after the JSON object"),
        arguments("{" + x + "}\n", 8, "the header has \"\\u000a\" after the JSON object"),
        arguments("{" + x + "}" + " ".repeat(9_000) + "]", 8, "the header has \"]\" after"),
        // The wrong things in it.
        arguments("{\"x\":3}", 0, "tensor \"x\" has 3, expected an object of dtype, shape"),
        arguments("{\"x\":[]}", 0, "tensor \"x\" has an array, expected an object of dtype"),
        arguments("{\"x\":null}", 0, "tensor \"x\" has null, expected an object of dtype"),
        arguments("{\"x\":{}}", 0, "tensor \"x\" has no dtype"),
        arguments("{\"x\":{\"dtype\":\"F32\"}}", 0, "tensor \"x\" has no shape"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[]}}", 4, "tensor \"x\" has no data_offsets"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"extra\":{}}}",
            4,
            "tensor \"x\" has a field \"extra\", expected dtype, shape and data_offsets"),
        arguments("{" + entry("x", "F31", "[2]", 0, 8) + "}", 8, "tensor \"x\" has dtype \"F31\""),
        arguments("{" + entry("x", "f32", "[2]", 0, 8) + "}", 8, "tensor \"x\" has dtype \"f32\""),
        arguments(
            "{\"x\":{\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            "tensor \"x\" has 32, expected a string as dtype"),
        arguments("{" + entry("x", "F32", "2", 0, 8) + "}", 8, "has 2, expected an array as shape"),
        arguments("{" + entry("x", "F32", "[2.0]", 0, 8) + "}", 8, "tensor \"x\" shape has 2.0,"),
        arguments("{" + entry("x", "F32", "[2e0]", 0, 8) + "}", 8, "tensor \"x\" shape has 2e0,"),
        arguments("{" + entry("x", "F32", "[-2]", 0, 8) + "}", 8, "tensor \"x\" shape has -2,"),
        arguments("{" + entry("x", "F32", "[-0]", 0, 0) + "}", 0, "tensor \"x\" shape has -0,"),
        arguments("{" + entry("x", "F32", "[\"2\"]", 0, 8) + "}", 8, "shape has \"2\","),
        arguments("{" + entry("x", "F32", "[[2]]", 0, 8) + "}", 8, "shape has an array,"),
        arguments("{" + entry("x", "F32", "[true]", 0, 8) + "}", 8, "shape has true,"),
        arguments(
            "{" + entry("x", "F32", "[9223372036854775808]", 0, 8) + "}",
            8,
            "tensor \"x\" shape has 9223372036854775808, expected integers from 0 to"),
        arguments("{" + entry("x", "F32", "[02]", 0, 8) + "}", 8, "tensor \"x\" is not valid JSON"),
        arguments("{" + entry("x", "F32", "[NaN]", 0, 8) + "}", 8, "tensor \"x\" is not valid"),
        arguments("{" + entry("x", "F32", "[2]", -8, 0) + "}", 8, "data_offsets has -8,"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}",
            8,
            "tensor \"x\" data_offsets has 3 numbers, expected 2"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[]}}",
            8,
            "tensor \"x\" data_offsets has 0 numbers, expected 2"),
        // Twice the same.
        arguments("{" + x + "," + x + "}", 8, "tensor \"x\" is there twice"),
        arguments(
            "{" + x + "," + x.replace("\"x\"", "\"\\u0078\"") + "}", 8, "\"x\" is there twice"),
        arguments(
            "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            "tensor \"x\" has dtype twice"),
        arguments(
            "{\"x\":{\"shape\":[2],\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            8,
            "tensor \"x\" has shape twice"),
        arguments(
            "{\"x\":{\"data_offsets\":[0,8],\"data_offsets\":[0,8],\"shape\":[2]}}",
            8,
            "tensor \"x\" has data_offsets twice"),
        // Metadata.
        arguments("{\"__metadata__\":3}", 0, "__metadata__ has 3, expected an object of strings"),
        arguments("{\"__metadata__\":{\"a\":3}}", 0, "__metadata__ has 3, expected a string"),
        arguments("{\"__metadata__\":{\"a\":null}}", 0, "__metadata__ has null, expected a string"),
        arguments("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", 0, "__metadata__ has \"a\" twice"),
        arguments("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ is there twice"),
        // Sizes.
        arguments(
            "{" + entry("x", "F32", "[3]", 0, 8) + "}",
            8,
            "tensor \"x\" has 8 bytes by its data_offsets, expected 12 for shape [3] of F32"),
        arguments(
            "{" + entry("x", "F16", "[2]", 0, 8) + "}",
            8,
            "tensor \"x\" has 8 bytes by its data_offsets, expected 4 for shape [2] of F16"),
        arguments(
            "{" + x + "," + entry("y", "F32", "[3]", 8, 16) + "}",
            16,
            "tensor \"y\" has 8 bytes by its data_offsets, expected 12 for shape [3] of F32"),
        arguments(
            "{" + x + "," + entry("y", "F32", "[4294967296,4294967296]", 8, 16) + "}",
            16,
            "which is more than any file holds; data_offsets give it 8 bytes"),
        arguments("{" + entry("x", "F32", "[]", 0, 8) + "}", 8, "expected 4 for shape [] of F32"),
        arguments(
            "{" + entry("x", "F4", "[3]", 0, 2) + "}",
            2,
            "tensor \"x\" has shape [3] of F4, which is 12 bits, expected whole bytes"),
        arguments(
            "{" + entry("x", "F32", "[2]", 8, 0) + "}",
            8,
            "tensor \"x\" begins at byte 8 and ends at 0"),
        arguments(
            "{" + entry("x", "F32", "[4294967296,4294967296]", 0, 8) + "}",
            8,
            "tensor \"x\" has shape [4294967296, 4294967296] of F32, which is more than any file"),
        arguments(
            // 2^59 elements are 2^64 bits, which is 0 in 64 bits.
            "{" + entry("x", "F32", "[576460752303423488]", 0, 0) + "}",
            0,
            "tensor \"x\" has shape [576460752303423488] of F32, which is more than any file"),
        arguments(
            "{" + entry("x", "F32", "[" + "1,".repeat(500) + "3]", 0, 8) + "}",
            8,
            "expected 12 for shape of 501 dimensions of F32"),
        // Data.
        arguments("{" + x + "}", 7, "tensor \"x\" ends at byte 8 of the data, but the file is cut"),
        arguments(
            "{" + x + "}",
            9,
            "tensor \"x\" is the last and ends at byte 8, but 1 bytes follow, expected none"),
        arguments("{}", 1, "1 bytes follow a header without tensors, expected none"),
        arguments(
            "{" + entry("x", "F32", "[2]", 4, 12) + "}",
            12,
            "tensor \"x\" begins at byte 4 and leaves a gap, expected 0"),
        arguments(
            "{" + entry("y", "F32", "[1]", 12, 16) + "," + x + "}",
            16,
            "tensor \"y\" begins at byte 12 and leaves a gap, expected 8"),
        arguments(
            "{" + x + "," + entry("y", "F32", "[2]", 4, 12) + "}",
            12,
            "tensor \"y\" begins at byte 4 and overlaps tensor \"x\", which ends at 8"),
        arguments(
            "{" + x + "," + entry("y", "F32", "[2]", 0, 8) + "}",
            8,
            "tensor \"y\" begins at byte 0 and overlaps tensor \"x\", which ends at 8"),
        arguments(
            "{" + x + "," + entry("y", "F32", "[0]", 4, 4) + "}",
            8,
            "tensor \"y\" begins at byte 4 and overlaps tensor \"x\", which ends at 8"),
        arguments(
            "{" + entry("x", "U8", "[9223372036854775800]", 0, 9223372036854775800L) + "}",
            8,
            "tensor \"x\" has shape [9223372036854775800] of U8, which is more than any file"),
        arguments(
            "{" + entry("x", "U8", "[1000000000000000000]", 0, 1000000000000000000L) + "}",
            8,
            "tensor \"x\" ends at byte 1000000000000000000 of the data, but the file is cut off at 8"),
        // What a parser limits, and names that are no friend of one line.
        arguments("{\"" + LONG_NAME + "\":3}", 0, "the header is not valid JSON"),
        arguments("{" + entry("x", "F32", "9".repeat(2_000), 0, 8) + "}", 8, "tensor \"x\" is not"),
        arguments(
            "{\"x\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
            0,
            "tensor \"x\" has an array"),
        arguments("{\"a\\nb\\u2028\\ud800\":3}", 0, "tensor \"a\\u000ab\\u2028\\ud800\" has 3"),
        arguments("{\"" + LONG_NAME.substring(0, 5_000) + "\":3}", 0, "nnn...\" has 3, expected"),
        arguments("{\"x\":\"" + "y".repeat(5_000) + "\"}", 0, "yyy...\", expected an object"));
  }

  @ParameterizedTest(name = "{index}: {2}")
  @MethodSource("headers")
  void refusesInOneLine(String header, int dataBytes, String expected) {
    Path file = write(folder, file(header, new byte[dataBytes]));
    assertThat(refusal(file)).contains(expected).hasSizeLessThan(1_200 + file.toString().length());
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] header = "{\"x?\":3}".getBytes(StandardCharsets.US_ASCII);
    // A lone continuation byte, an overlong slash's first byte, a byte that UTF-8 does not have.
    for (int wrong : new int[] {0x80, 0xc0, 0xff}) {
      header[3] = (byte) wrong;
      Path file = write(folder, file(header.length, header, new byte[0]));
      assertThat(refusal(file)).endsWith("the header is not valid UTF-8");
    }
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    assertThat(refusal(write(folder, file(utf16.length, utf16, new byte[0]))))
        .contains("is not valid JSON");
  }

  @Test
  void refusesAFileWithoutAHeaderLength() {
    Path file = write(folder, new byte[0]);
    assertThat(refusal(file)).endsWith(": is empty");
    for (int length = 1; length < 8; length++) {
      write(folder, new byte[length]);
      assertThat(refusal(file))
          .endsWith(": has " + length + " bytes, expected the 8 of a header length");
    }
  }

  /** Also what is left of a download that failed at once. */
  @Test
  void refusesWhatIsNotSafetensorsAtAll() {
    Path file = write(folder, "<!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8));
    assertThat(refusal(file))
        .contains("the header length is ")
        .contains(" bytes, but only 13 follow");
  }

  private static String refusal(Path file) {
    return SafetensorsBytes.refusal(file, () -> SafetensorsFile.open(file).close());
  }
}
