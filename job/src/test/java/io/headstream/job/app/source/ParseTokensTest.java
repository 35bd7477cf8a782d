package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class ParseTokensTest {

  @Test
  void partsTokensFromDeadLetters() throws Exception {
    ParseTokens parse = new ParseTokens(new JsonTokenParser(1, false, false), 60);
    try (OneInputStreamOperatorTestHarness<RawRecord, Token> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(parse)) {
      process(harness, "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1]}");
      process(harness, "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[]}");
      process(harness, "nonsense");
      process(harness, "{\"sequence_id\":\"a\",\"position\":1,\"embedding\":[2]}");
      assertThat(harness.extractOutputValues()).extracting(Token::position).containsExactly(0, 1);
      assertThat(deadLetters(harness))
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.WRONG_DIMENSION, Reason.MALFORMED);
      assertThat(parse.getRuntimeContext().getAccumulator("tokens-read").getLocalValue())
          .isEqualTo(2L);
    }
  }

  @Test
  void whatIsTooLargeIsNothingElse() throws Exception {
    ParseTokens parse = new ParseTokens(new JsonTokenParser(1, false, false), 5000);
    try (OneInputStreamOperatorTestHarness<RawRecord, Token> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(parse)) {
      // Cut by the reader, and whole as a reader hands it on that does not cut.
      harness.processElement(new RawRecord(new byte[4096], "a:1", 1L << 40), 0);
      harness.processElement(new RawRecord(new byte[5001], "a:2", 5001), 0);
      harness.processElement(new RawRecord(new byte[5000], "a:3", 5000), 0);
      List<DeadLetter> letters = deadLetters(harness);
      assertThat(letters)
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.TOO_LARGE, Reason.TOO_LARGE, Reason.MALFORMED);
      assertThat(letters.get(0).detail())
          .isEqualTo("record has 1099511627776 bytes, max-record-bytes is 5000");
      assertThat(((RawRecord) letters.get(0).record()).sizeBytes()).isEqualTo(1L << 40);
      assertThat(((RawRecord) letters.get(1).record()).bytes()).hasSize(4096);
      assertThat(((RawRecord) letters.get(1).record()).sizeBytes()).isEqualTo(5001);
    }
  }

  @Test
  void aShortRecordBeyondALowLimitIsTooLargeAndWhole() throws Exception {
    ParseTokens parse = new ParseTokens(new TextTokenParser(1, 0), 3);
    try (OneInputStreamOperatorTestHarness<RawRecord, Token> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(parse)) {
      process(harness, "four");
      DeadLetter letter = deadLetters(harness).get(0);
      assertThat(letter.reason()).isEqualTo(Reason.TOO_LARGE);
      assertThat(((RawRecord) letter.record()).bytes()).isEqualTo("four".getBytes(UTF_8));
    }
  }

  private static void process(
      OneInputStreamOperatorTestHarness<RawRecord, Token> harness, String text) throws Exception {
    byte[] bytes = text.getBytes(UTF_8);
    harness.processElement(new RawRecord(bytes, "a:1", bytes.length), 0);
  }

  private static List<DeadLetter> deadLetters(
      OneInputStreamOperatorTestHarness<RawRecord, Token> harness) {
    return harness.getSideOutput(DeadLetterOutput.TAG).stream()
        .map(StreamRecord::getValue)
        .toList();
  }
}
