package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class EmbedTokensTest {

  @Test
  void partsTokensFromDeadLetters() throws Exception {
    EmbedTokens embed = new EmbedTokens(TokenEmbedding.OF_RECORD);
    try (OneInputStreamOperatorTestHarness<ReadRecord, Token> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(embed)) {
      Token first = Token.of("a", 0, new float[] {1}, false);
      Token second = Token.of("a", 1, new float[] {2}, false);
      DeadLetter letter = new DeadLetter(Reason.LATE, "why", second);
      for (ReadRecord.Content content : List.of(first, letter, second)) {
        harness.processElement(new ReadRecord(content), 0);
      }
      assertThat(harness.extractOutputValues()).extracting(Token::position).containsExactly(0, 1);
      assertThat(harness.getSideOutput(DeadLetterOutput.TAG))
          .extracting(StreamRecord::getValue)
          .extracting(DeadLetter::reason)
          .containsExactly(Reason.LATE);
      assertThat(embed.getRuntimeContext().getAccumulator("tokens-read").getLocalValue())
          .isEqualTo(2L);
    }
  }

  @Test
  void countsTheWordsOfAText() throws Exception {
    EmbedTokens embed = new EmbedTokens(new TextEmbedding(4, 0));
    try (OneInputStreamOperatorTestHarness<ReadRecord, Token> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(embed)) {
      byte[] text = "the cat sat".getBytes(UTF_8);
      harness.processElement(new ReadRecord(new RawRecord(text, "a.txt:1", text.length)), 0);
      assertThat(harness.extractOutputValues())
          .extracting(Token::label)
          .containsExactly("the", "cat", "sat");
      assertThat(embed.getRuntimeContext().getAccumulator("tokens-read").getLocalValue())
          .isEqualTo(3L);
    }
  }
}
