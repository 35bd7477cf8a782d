package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.json.Utf8;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a fuzzer calls with a record's bytes: they are one token, which is the same once it was
 * written and read, or one dead letter that holds them. Anything else is a finding, also an
 * exception of the JSON library that the parser would have hidden.
 *
 * <p>Knows no fuzzer: profile {@code fuzz} gives it to one, {@link HostileInputTest} runs it too.
 */
public final class RecordFuzz {
  private static final String[] SEEDS = {
    "{\"sequence_id\": \"user-42\", \"position\": 0, \"embedding\": [0.1, -2.5], \"last\": false}",
    "{\"sequence_id\":\"ü\\ud83d\\ude00\",\"position\":17,\"embedding_f32\":\"AACAPwAAAEA=\"}",
    "{\"label\":\"€\",\"timestamp\":-1,\"sequence_id\":\"a\",\"position\":1,\"embedding\":[1e-40,3e38]}",
    "{\"sequence_id\":\"a\",\"position\":2,\"embedding\":[1,2],\"u\":{\"v\":[null,true,\"\\n\"]}}",
    "{\"sequence_id\":\"a\",\"timestamp\":9223372036854775807,\"embedding\":[1.17549435e-38,3.4028236e38]}",
    "words of a text, größer 日本\u3000und weiter"
  };

  private static final TokenFormat BASE64 = TokenFormat.DEFAULT.withEncoding(FloatEncoding.F32);
  private static final TokenParser IN_SEQUENCE = new JsonTokenParser(2, false, false);
  private static final TokenParser ON_ARRIVAL = new JsonTokenParser(2, true, true);
  private static final TokenParser TEXT = new TextTokenParser();
  private static final TokenEmbedding WORDS = new TextEmbedding(2, 0);

  private RecordFuzz() {}

  /** Good records, from which a fuzzer starts. */
  static List<byte[]> seeds() {
    return Arrays.stream(SEEDS).map(seed -> seed.getBytes(UTF_8)).toList();
  }

  /** Writes the seeds into the first folder; makes all that are named. */
  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      Files.createDirectories(Path.of(folder));
    }
    int number = 0;
    for (byte[] seed : seeds()) {
      Files.write(Path.of(folders[0], "seed-" + number++), seed);
    }
  }

  /** Called by the fuzzer with each input. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    check(IN_SEQUENCE, bytes);
    check(ON_ARRIVAL, bytes);
    Parsed words = Parsed.by(TEXT, WORDS, new RawRecord(bytes, "t:1", bytes.length));
    words.deadLetters().forEach(letter -> checkLetter(letter, bytes));
    require(words.deadLetters().size() <= 1, "more than one dead letter of a text");
  }

  /** Whether the record was a token. */
  static boolean check(TokenParser parser, byte[] bytes) {
    Parsed parsed = Parsed.by(parser, bytes, "t:1");
    require(
        parsed.tokens().size() + parsed.deadLetters().size() == 1,
        parsed.tokens().size() + " tokens and " + parsed.deadLetters().size() + " dead letters");
    parsed.deadLetters().forEach(letter -> checkLetter(letter, bytes));
    for (Token token : parsed.tokens()) {
      checkToken(parser, token, TokenFormat.DEFAULT);
      checkToken(parser, token, BASE64);
    }
    return !parsed.tokens().isEmpty();
  }

  private static void checkToken(TokenParser parser, Token token, TokenFormat format) {
    byte[] line = TokenJson.bytes(token, format);
    Parsed again = Parsed.by(parser, line, "t:1");
    require(again.tokens().size() == 1, "what was written cannot be read");
    Token back = again.tokens().get(0);
    require(Arrays.equals(TokenJson.bytes(back, format), line), "it changes when it is read");
    for (int c = 0; c < 2; c++) {
      int bits = Float.floatToRawIntBits(token.embedding()[c]);
      require(Float.floatToRawIntBits(back.embedding()[c]) == bits, "a float's bits change");
    }
  }

  private static void checkLetter(DeadLetter letter, byte[] bytes) {
    byte[] line = DeadLetterJson.bytes(letter, TokenFormat.DEFAULT);
    require(
        Arrays.equals(((RawRecord) letter.record()).bytes(), bytes),
        "the dead letter holds another record");
    require(Utf8.validBytes(line) == line.length, "the dead letter is not UTF-8");
    require(!letter.detail().startsWith("not one JSON object: java."), letter.detail());
  }

  private static void require(boolean holds, String finding) {
    if (!holds) {
      throw new AssertionError(finding);
    }
  }
}
