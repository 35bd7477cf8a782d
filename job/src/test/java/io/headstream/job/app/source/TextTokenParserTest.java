package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTokenParserTest {
  private static final TextTokenParser PARSER = new TextTokenParser();
  private static final TextEmbedding EMBEDDING = new TextEmbedding(4, 0);

  @Test
  void aLineIsASequenceOfItsWords() {
    List<Token> tokens = parse(" the\u00a0cat  the ").tokens();
    assertThat(tokens).extracting(Token::label).containsExactly("the", "cat", "the");
    assertThat(tokens).extracting(Token::position).containsExactly(0, 1, 2);
    assertThat(tokens).extracting(Token::last).containsExactly(false, false, true);
    assertThat(tokens).extracting(Token::sequenceId).containsOnly("docs/a.txt:3");
    assertThat(tokens).extracting(Token::source).containsOnly("docs/a.txt:3");
    assertThat(tokens).extracting(Token::timestamp).containsOnlyNulls();
    WordEmbedding embedding = new WordEmbedding(4, 0);
    assertThat(tokens.get(2).embedding()).containsExactly(embedding.of("the", 2));
  }

  @Test
  void aBlankLineIsNothing() {
    Parsed parsed = parse(" \u3000");
    assertThat(parsed.tokens()).isEmpty();
    assertThat(parsed.deadLetters()).isEmpty();
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    DeadLetter letter = parse(new byte[] {'a', ' ', (byte) 0xC0, (byte) 0x80}, "a:1").deadLetter();
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.detail()).isEqualTo("byte 2 is not UTF-8");
  }

  @Test
  void refusesASourceThatIsTooLongForAnId() {
    byte[] bytes = "word".getBytes(UTF_8);
    assertThat(parse(bytes, "a".repeat(1022) + ":1").tokens()).hasSize(1);
    DeadLetter letter = parse(bytes, "a".repeat(1023) + ":1").deadLetter();
    assertThat(letter.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(letter.detail()).isEqualTo("sequence_id has 1025 characters, at most 1024");
  }

  @Test
  void travelsInTheJobGraph() throws IOException, ClassNotFoundException {
    parse("warm up");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(EMBEDDING);
    }
    TextEmbedding copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (TextEmbedding) in.readObject();
    }
    RawRecord cat = new RawRecord("cat".getBytes(UTF_8), "a:1", 3);
    assertThat(Parsed.by(PARSER, copy, cat).token().embedding())
        .containsExactly(parse("cat").token().embedding());
  }

  private static Parsed parse(String text) {
    return parse(text.getBytes(UTF_8), "docs/a.txt:3");
  }

  private static Parsed parse(byte[] bytes, String source) {
    return Parsed.by(PARSER, EMBEDDING, new RawRecord(bytes, source, bytes.length));
  }
}
