package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTokenParserTest {
  private static final JsonTokenParser PARSER = new JsonTokenParser(2, false, false);

  @Test
  void readsEveryField() {
    Token token =
        Parsed.by(
                PARSER,
                "{\"sequence_id\": \"ü\", \"position\": 7, \"embedding\": [0.1, -2.5e0],"
                    + " \"label\": \"cat\", \"timestamp\": 1700000000000, \"last\": true}")
            .token();
    assertThat(token.sequenceId()).isEqualTo("ü");
    assertThat(token.position()).isEqualTo(7);
    assertThat(token.embedding()).containsExactly(0.1f, -2.5f);
    assertThat(token.label()).isEqualTo("cat");
    assertThat(token.timestamp()).isEqualTo(1700000000000L);
    assertThat(token.last()).isTrue();
    assertThat(token.source()).isEqualTo("t.jsonl:17");
  }

  @Test
  void onlyAFilesByteOrderMarkIsNoText() {
    byte[] bytes = "\ufeff{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1]}".getBytes(UTF_8);
    JsonTokenParser parser = new JsonTokenParser(1, false, false);
    RawRecord marked = new RawRecord(bytes, "t:1", bytes.length, 3);
    Parsed first = Parsed.by(parser, TokenEmbedding.OF_RECORD, marked);
    assertThat(first.token().sequenceId()).isEqualTo("a");
    DeadLetter later = Parsed.by(parser, bytes, "t:2").deadLetter();
    assertThat(later.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(((RawRecord) later.record()).bytes()).isEqualTo(bytes);
    Parsed rejected = Parsed.by(PARSER, TokenEmbedding.OF_RECORD, marked);
    assertThat(rejected.deadLetter().reason()).isEqualTo(Reason.WRONG_DIMENSION);
    assertThat(((RawRecord) rejected.deadLetter().record()).bytes()).isEqualTo(bytes);
  }

  /** Only its size bounds a record. */
  @Test
  void readsNumbersOfAnyLengthAndIgnoresFieldsOfAnyDepth() {
    String digits = "1" + "0".repeat(100_000);
    String nested = "[".repeat(200_000) + "]".repeat(200_000);
    String objects = "{\"u\":".repeat(50_000) + digits + "}".repeat(50_000);
    Token token =
        Parsed.by(
                PARSER,
                "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1."
                    + "0".repeat(100_000)
                    + ", 2.5"
                    + "0".repeat(1_001)
                    + "],\"x\":"
                    + nested
                    + ",\"y\":"
                    + objects
                    + ",\"z\":"
                    + digits
                    + "}")
            .token();
    assertThat(token.embedding()).containsExactly(1, 2.5f);
    DeadLetter position =
        Parsed.by(PARSER, "{\"sequence_id\":\"a\",\"position\":" + digits + ",\"embedding\":[1,2]}")
            .deadLetter();
    assertThat(position.detail()).startsWith("position is 1000").contains("not an integer from 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'sequence_id':'a','position':0,'embedding':[1,2]}",
        " \t{'sequence_id':'a','position':0,'embedding':[1,2]} \r ",
        "{'position':0,'embedding':[1,2],'last':false,'sequence_id':'a'}",
        "{'sequence_id':'a','position':-0,'embedding':[1.0,2e0]}",
        "{'sequence_\\u0069d':'\\u0061','position':0,'embedding':[1,2]}",
        "{'sequence_id':'a','position':0,'embedding':[1,2],'label':null,'timestamp':null,'last':null}",
        "{'sequence_id':'a','position':0,'embedding':[1,2],'embedding_f32':null}",
        "{'sequence_id':'a','position':0,'embedding':null,'embedding_f32':'AACAPwAAAEA='}",
        "{'sequence_id':'a','position':0,'embedding':[1,2],'other':{'a':[1,{'b':null}],'c':'\\ud800'}}",
        "{'sequence_id':'a','position':0,'embedding':[1,2],'x':{'y':1},'z':{'y':1},'y':1}",
        "{'sequence_id':'a','position':0,'embedding':[1,2],'\\ud83d\\ude00':1e999,'':1e-999}"
      })
  void readsEveryForm(String text) {
    Token token = Parsed.by(PARSER, text.replace('\'', '"')).token();
    assertThat(token.sequenceId()).isEqualTo("a");
    assertThat(token.position()).isZero();
    assertThat(token.embedding()).containsExactly(1, 2);
    assertThat(token.label()).isNull();
    assertThat(token.timestamp()).isNull();
    assertThat(token.last()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'position':2147483647",
        "'timestamp':9223372036854775807",
        "'timestamp':-1",
        "'label':''"
      })
  void readsTheUtmostValues(String field) {
    String position = field.startsWith("'position") ? "" : "'position':0,";
    assertThat(
            parse("{'sequence_id':'a'," + position + "'embedding':[1,2]," + field + "}").tokens())
        .hasSize(1);
  }

  static Stream<Arguments> malformed() {
    String id = "'sequence_id':'a',";
    String at = "'position':0,";
    String x = "'embedding':[1,2]";
    String good = id + at + x;
    return Stream.of(
        // Not one JSON object.
        arguments("", "record is empty"),
        arguments(" ", "record is empty"),
        arguments("nonsense", "not one JSON object: Unrecognized token 'nonsense'"),
        arguments("[1]", "record is an array, not an object"),
        arguments("'a'", "record is a string, not an object"),
        arguments("17", "record is 17, not an object"),
        arguments("null", "record is null, not an object"),
        arguments("{" + good, "not one JSON object: Unexpected end-of-input"),
        arguments("{" + good + ",}", "not one JSON object: Unexpected character"),
        arguments("{" + good + "}}", "not one JSON object: Unexpected close marker"),
        arguments("{" + good + "}{" + good + "}", "text after the object"),
        arguments("{" + good + "} 1", "text after the object"),
        arguments("{" + good + "} x", "not one JSON object: Unrecognized token 'x'"),
        arguments("{" + good + "} // x", "not one JSON object: Unexpected character"),
        arguments("{" + good + ",'position':0}", "Duplicate field 'position'"),
        arguments("{" + good + ",'u':1,'u':1}", "Duplicate field 'u'"),
        arguments("{" + good + ",'u':[{'v':1,'v':2}]}", "Duplicate field 'v'"),
        arguments("{" + good + ",'label':null,'label':'x'}", "Duplicate field 'label'"),
        arguments("{" + good + ",'u':NaN}", "not one JSON object: Non-standard token 'NaN'"),
        arguments("{" + good + ",'u':-Infinity}", "not one JSON object: Non-standard token"),
        arguments("{" + id + at + "'embedding':[NaN,2]}", "Non-standard token 'NaN'"),
        arguments("{" + id + at + "'embedding':[1,Infinity]}", "Non-standard token 'Infinity'"),
        arguments("{" + good + ",'u':'\t'}", "not one JSON object: Illegal unquoted character"),
        arguments("{" + good + ",'u':'\\x'}", "not one JSON object: Unrecognized character escape"),
        arguments("{" + good + ",'u':01}", "not one JSON object: Invalid numeric value"),
        arguments("{" + good + ",'u':+1}", "not one JSON object: Unexpected character"),
        arguments("{" + good + ",'u':1.}", "not one JSON object"),
        arguments("{" + good + ",u:1}", "not one JSON object: Unexpected character"),
        arguments("{" + good + ",'u':" + "[".repeat(500_000), "Unexpected end-of-input"),
        // ID.
        arguments("{" + at + x + "}", "sequence_id is missing"),
        arguments("{'sequence_id':null," + at + x + "}", "sequence_id is missing"),
        arguments("{'sequence_id':''," + at + x + "}", "sequence_id is empty"),
        arguments("{'sequence_id':17," + at + x + "}", "sequence_id is 17, not a string"),
        arguments("{'sequence_id':['a']," + at + x + "}", "sequence_id is an array, not a string"),
        arguments(
            "{'sequence_id':'\\ud800'," + at + x + "}",
            "sequence_id has the unpaired surrogate \\ud800"),
        arguments(
            "{'sequence_id':'" + "a".repeat(1025) + "'," + at + x + "}",
            "sequence_id has 1025 characters, at most 1024"),
        // Position.
        arguments("{" + id + x + "}", "position is missing"),
        arguments("{" + id + x + ",'position':null}", "position is missing"),
        arguments(
            "{" + id + x + ",'position':-1}",
            "position is -1, not an integer from 0 to 2147483647"),
        arguments("{" + id + x + ",'position':2147483648}", "position is 2147483648, not"),
        arguments(
            "{" + id + x + ",'position':1" + "0".repeat(100) + "}",
            "position is 1000000000000000000000000000000000000000..., not"),
        arguments("{" + id + x + ",'position':1.0}", "position is 1.0, not"),
        arguments("{" + id + x + ",'position':1e3}", "position is 1e3, not"),
        arguments("{" + id + x + ",'position':'0'}", "position is a string, not"),
        arguments("{" + id + x + ",'position':[0]}", "position is an array, not"),
        arguments("{" + id + x + ",'position':true}", "position is true, not"),
        // Other fields.
        arguments("{" + good + ",'label':1}", "label is 1, not a string"),
        arguments("{" + good + ",'label':{}}", "label is an object, not a string"),
        arguments(
            "{" + good + ",'label':'x\\udc00\\ud800'}", "label has the unpaired surrogate \\udc00"),
        arguments("{" + good + ",'last':'true'}", "last is a string, not true or false"),
        arguments("{" + good + ",'last':1}", "last is 1, not true or false"),
        arguments("{" + good + ",'timestamp':1.0}", "timestamp is 1.0, not a 64-bit integer"),
        arguments("{" + good + ",'timestamp':'1'}", "timestamp is a string, not a 64-bit integer"),
        arguments("{" + good + ",'timestamp':false}", "timestamp is false, not a 64-bit integer"),
        arguments(
            "{" + good + ",'timestamp':9223372036854775808}",
            "timestamp is 9223372036854775808, not"),
        // Embedding.
        arguments("{" + id + "'position':0}", "neither embedding nor embedding_f32"),
        arguments(
            "{" + id + at + "'embedding':null,'embedding_f32':null}",
            "neither embedding nor embedding_f32"),
        arguments(
            "{" + good + ",'embedding_f32':'AACAPwAAAEA='}", "both embedding and embedding_f32"),
        arguments(
            "{" + id + at + "'embedding_f32':'AACAPwAAAEA='," + x + "}",
            "both embedding and embedding_f32"),
        arguments("{" + id + at + "'embedding':'1,2'}", "embedding is a string, not an array"),
        arguments("{" + id + at + "'embedding':1}", "embedding is 1, not an array"),
        arguments("{" + id + at + "'embedding':{'0':1}}", "embedding is an object, not an array"),
        arguments("{" + id + at + "'embedding':[1,'2']}", "embedding[1] is a string, not a number"),
        arguments("{" + id + at + "'embedding':[null,2]}", "embedding[0] is null, not a number"),
        arguments("{" + id + at + "'embedding':[1,[2]]}", "embedding[1] is an array, not a number"),
        arguments("{" + id + at + "'embedding':[1,{}]}", "embedding[1] is an object, not a number"),
        arguments("{" + id + at + "'embedding':[1,true]}", "embedding[1] is true, not a number"),
        arguments(
            "{" + id + at + "'embedding':[1,2,3,'x']}", "embedding[3] is a string, not a number"),
        arguments(
            "{" + id + at + "'embedding_f32':[1,2]}", "embedding_f32 is an array, not a string"),
        arguments("{" + id + at + "'embedding_f32':'AACAPwAAAE!='}", "embedding_f32 is not base64"),
        arguments(
            "{" + id + at + "'embedding_f32':'AACAPwAAAE\u00e4='}", "embedding_f32 is not base64"),
        arguments(
            "{" + id + at + "'embedding_f32':'AACA PwAAAEA='}",
            "embedding_f32 has 13 characters of base64, not a multiple of 4"),
        arguments(
            "{" + id + at + "'embedding_f32':'AACAPwAAAEA'}",
            "embedding_f32 has 11 characters of base64, not a multiple of 4"),
        arguments(
            "{" + id + at + "'embedding_f32':'AACAPwAA'}",
            "embedding_f32 has 6 bytes, not a multiple of 4"),
        // The first reason that fits, wherever in the record the others stand.
        arguments("{'embedding':[1]," + at + id + "'last':2}", "last is 2, not true or false"),
        arguments("{'embedding':[1e39,2]," + at + "'u':1}", "sequence_id is missing"),
        arguments("{'embedding':[1,2,3]," + at + id + "'u':1} 2", "text after the object"),
        arguments(
            "{'embedding_f32':''," + at + id + "'embedding':[]}",
            "both embedding and embedding_f32"));
  }

  @ParameterizedTest
  @MethodSource
  void malformed(String text, String detail) {
    DeadLetter letter = parse(text).deadLetter();
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.detail()).contains(detail).hasSizeLessThan(250).doesNotContain("enable");
    assertThat(letter.source()).isEqualTo("t.jsonl:17");
    assertThat(((RawRecord) letter.record()).bytes())
        .isEqualTo(text.replace('\'', '"').getBytes(UTF_8));
    assertThat(((RawRecord) letter.record()).sizeBytes())
        .isEqualTo(((RawRecord) letter.record()).bytes().length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'embedding':[]|WRONG_DIMENSION|embedding has 0 numbers, model-dim is 2",
        "'embedding':[1]|WRONG_DIMENSION|embedding has 1 numbers, model-dim is 2",
        "'embedding':[1,2,3]|WRONG_DIMENSION|embedding has 3 numbers, model-dim is 2",
        "'embedding':[1,2,1e39]|WRONG_DIMENSION|embedding has 3 numbers, model-dim is 2",
        "'embedding':[1e39]|WRONG_DIMENSION|embedding has 1 numbers, model-dim is 2",
        "'embedding_f32':''|WRONG_DIMENSION|embedding_f32 has 0 numbers, model-dim is 2",
        "'embedding_f32':'AACAfw=='|WRONG_DIMENSION|embedding_f32 has 1 numbers, model-dim is 2",
        "'embedding':[1,1e39]|NOT_FINITE|embedding[1] is 1e39, not finite as float32",
        "'embedding':[-1e999,2]|NOT_FINITE|embedding[0] is -1e999, not finite as float32",
        "'embedding':[3.4028236e38,2]|NOT_FINITE|embedding[0] is 3.4028236e38, not finite as float32",
        "'embedding_f32':'AADAfwAAAAA='|NOT_FINITE|embedding_f32[0] is NaN",
        "'embedding_f32':'AAAAAAAAgP8='|NOT_FINITE|embedding_f32[1] is -Infinity"
      })
  void judgesTheNumbers(String embedding, Reason reason, String detail) {
    DeadLetter letter = parse("{" + embedding + ",'sequence_id':'a','position':0}").deadLetter();
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.detail()).isEqualTo(detail);
  }

  @Test
  void readsBase64OfFloats() {
    float[] floats = {-0.0f, Float.MIN_VALUE};
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    String text = Base64.getEncoder().encodeToString(bytes.array());
    Token token = parse("{'sequence_id':'a','position':0,'embedding_f32':'" + text + "'}").token();
    assertThat(token.embedding()).containsExactly(floats);
  }

  @Test
  void keepsTheSignOfZero() {
    Token token = parse("{'sequence_id':'a','position':0,'embedding':[-0,-0.0]}").token();
    assertThat(Float.floatToRawIntBits(token.embedding()[0])).isEqualTo(0x80000000);
    assertThat(Float.floatToRawIntBits(token.embedding()[1])).isEqualTo(0x80000000);
  }

  @Test
  void countsCharactersOfAnIdAsUnicodeDoes() {
    String head = "{'position':0,'embedding':[1,2],'sequence_id':'";
    assertThat(parse(head + "a".repeat(1024) + "'}").tokens()).hasSize(1);
    assertThat(parse(head + "😀".repeat(1024) + "'}").tokens()).hasSize(1);
    assertThat(parse(head + "😀".repeat(1025) + "'}").deadLetter().detail())
        .isEqualTo("sequence_id has 1025 characters, at most 1024");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "'position':3,", "'position':-1.5,", "'position':{'a':[1]},"})
  void ignoresThePositionThatArrivalCounts(String position) {
    JsonTokenParser parser = new JsonTokenParser(2, true, false);
    String text = "{" + position + "'sequence_id':'a','embedding':[1,2]}";
    assertThat(Parsed.by(parser, text.replace('\'', '"')).token().position())
        .isEqualTo(Token.ON_ARRIVAL);
  }

  @Test
  void requiresATimestampWhereTimeComesFromIt() {
    JsonTokenParser parser = new JsonTokenParser(1, false, true);
    String text = "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1]";
    assertThat(Parsed.by(parser, text + ",\"timestamp\":0}").token().timestamp()).isZero();
    for (String missing : new String[] {"}", ",\"timestamp\":null}"}) {
      DeadLetter letter = Parsed.by(parser, text + missing).deadLetter();
      assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
      assertThat(letter.detail()).isEqualTo("timestamp is missing");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "c3, byte 12 is not UTF-8",
    "c0af, byte 12 is not UTF-8",
    "eda080, byte 12 is not UTF-8",
    "61ff, byte 13 is not UTF-8"
  })
  void refusesBytesThatAreNotUtf8(String hex, String detail) {
    byte[] head = "{\"unknown\":\"".getBytes(UTF_8);
    byte[] bad = HexFormat.of().parseHex(hex);
    byte[] tail = "\"}".getBytes(UTF_8);
    byte[] bytes =
        ByteBuffer.allocate(head.length + bad.length + tail.length)
            .put(head)
            .put(bad)
            .put(tail)
            .array();
    DeadLetter letter = Parsed.by(PARSER, bytes, "t:1").deadLetter();
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.detail()).isEqualTo(detail);
    assertThat(((RawRecord) letter.record()).bytes()).isEqualTo(bytes);
  }

  @Test
  void doesNotTakeOtherEncodings() {
    String text = "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1,2]}";
    for (String charset : new String[] {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16"}) {
      byte[] bytes = text.getBytes(Charset.forName(charset));
      assertThat(Parsed.by(PARSER, bytes, "t:1").deadLetter().reason()).isEqualTo(Reason.MALFORMED);
    }
  }

  private static Parsed parse(String text) {
    return Parsed.by(PARSER, text.replace('\'', '"'));
  }
}
