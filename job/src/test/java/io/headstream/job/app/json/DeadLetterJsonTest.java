package io.headstream.job.app.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DeadLetterJsonTest {

  @Test
  void writesTheRecordAsText() {
    assertThat(text(Reason.MALFORMED, "{\"a\":\t\"ä\"}".getBytes(UTF_8), 10))
        .isEqualTo(
            "{\"reason\":\"MALFORMED\",\"detail\":\"why\",\"source\":\"t.jsonl:17\","
                + "\"record\":\"{\\\"a\\\":\\t\\\"ä\\\"}\"}");
  }

  @Test
  void writesBytesThatAreNotTextAsBase64() {
    byte[] bytes = {'a', (byte) 0xFF, 0};
    assertThat(text(Reason.MALFORMED, bytes, 3)).endsWith("\"record_base64\":\"Yf8A\"}");
  }

  @Test
  void cutsTheBeginningBackToACharacter() {
    byte[] euros = "a€€".getBytes(UTF_8);
    for (int end = 4; end < 7; end++) {
      assertThat(text(Reason.TOO_LARGE, Arrays.copyOf(euros, end), 9_000_000_000L))
          .endsWith("\"record\":\"a€\",\"record_bytes\":9000000000}");
    }
  }

  @Test
  void aBeginningThatIsNotTextIsBase64() {
    byte[] bytes = {'a', (byte) 0xE2, 'b', (byte) 0xE2};
    assertThat(text(Reason.TOO_LARGE, bytes, 5000))
        .endsWith("\"record_base64\":\"YeJi4g==\",\"record_bytes\":5000}");
  }

  @Test
  void aWholeRecordIsNotCut() {
    byte[] bytes = {'a', (byte) 0xE2};
    assertThat(text(Reason.MALFORMED, bytes, 2)).endsWith("\"record_base64\":\"YeI=\"}");
  }

  @Test
  void repairsTextThatIsNotUnicode() {
    DeadLetter letter =
        new DeadLetter(Reason.MALFORMED, "\ud800", null, new RawRecord(new byte[0], "\udc00:1", 0));
    assertThat(new String(DeadLetterJson.bytes(letter, TokenFormat.DEFAULT), UTF_8))
        .isEqualTo(
            "{\"reason\":\"MALFORMED\",\"detail\":\"\ufffd\",\"source\":\"\ufffd:1\",\"record\":\"\"}");
  }

  private static String text(Reason reason, byte[] record, long recordBytes) {
    DeadLetter letter =
        new DeadLetter(reason, "why", null, new RawRecord(record, "t.jsonl:17", recordBytes));
    return new String(DeadLetterJson.bytes(letter, TokenFormat.DEFAULT), UTF_8);
  }
}
