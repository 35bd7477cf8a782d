package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Token;
import java.util.ArrayList;
import java.util.List;

/** What was made of one record. */
record Parsed(List<Token> tokens, List<DeadLetter> deadLetters) {

  static Parsed by(TokenParser parser, TokenEmbedding embedding, RawRecord record) {
    Parsed parsed = new Parsed(new ArrayList<>(), new ArrayList<>());
    ReadRecord read = parser.parse(record);
    if (read.content() instanceof DeadLetter letter) {
      parsed.deadLetters.add(letter);
    } else {
      embedding.embed(read, parsed.tokens::add);
    }
    return parsed;
  }

  static Parsed by(TokenParser parser, byte[] bytes, String source) {
    return by(parser, TokenEmbedding.OF_RECORD, new RawRecord(bytes, source, bytes.length));
  }

  static Parsed by(TokenParser parser, String text) {
    return by(parser, text.getBytes(UTF_8), "t.jsonl:17");
  }

  Token token() {
    assertThat(deadLetters).isEmpty();
    assertThat(tokens).hasSize(1);
    return tokens.get(0);
  }

  DeadLetter deadLetter() {
    assertThat(tokens).isEmpty();
    assertThat(deadLetters).hasSize(1);
    return deadLetters.get(0);
  }
}
