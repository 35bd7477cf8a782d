package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

  @Test
  void aRecordIsATokenWithItsTimestampOrADeadLetterWithout() {
    RecordReader reader = new RecordReader(new JsonTokenParser(1, false, true), 1000);
    String good = "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1],\"timestamp\":7}";
    assertThat(reader.read(raw(good)).content()).isInstanceOf(Token.class);
    assertThat(reader.read(raw(good)).timestamp()).isEqualTo(7L);
    String bad = good.replace("[1]", "[]");
    assertThat(reader.read(raw(bad)).content())
        .isInstanceOfSatisfying(
            DeadLetter.class,
            letter -> assertThat(letter.reason()).isEqualTo(Reason.WRONG_DIMENSION));
    assertThat(reader.read(raw(bad)).timestamp()).isNull();
  }

  @Test
  void whatIsTooLargeIsNothingElse() {
    RecordReader reader = new RecordReader(new JsonTokenParser(1, false, false), 5000);
    // Cut by a source, and whole as a source hands it on that does not cut.
    DeadLetter cut = letter(reader, new RawRecord(new byte[4096], "a:1", 1L << 40));
    assertThat(cut.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(cut.detail()).isEqualTo("record has 1099511627776 bytes, max-record-bytes is 5000");
    assertThat(((RawRecord) cut.record()).sizeBytes()).isEqualTo(1L << 40);

    DeadLetter whole = letter(reader, new RawRecord(new byte[5001], "a:2", 5001));
    assertThat(whole.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(((RawRecord) whole.record()).bytes()).hasSize(RawRecord.KEPT_BYTES);
    assertThat(((RawRecord) whole.record()).sizeBytes()).isEqualTo(5001);

    DeadLetter longest = letter(reader, new RawRecord(new byte[5000], "a:3", 5000));
    assertThat(longest.reason()).isEqualTo(Reason.MALFORMED);
    DeadLetter marked = letter(reader, new RawRecord(new byte[5003], "a:4", 5003, 3));
    assertThat(marked.reason()).as("beside a byte order mark").isEqualTo(Reason.MALFORMED);
  }

  @Test
  void aShortRecordBeyondALowLimitIsTooLargeAndWhole() {
    DeadLetter letter = letter(new RecordReader(new TextTokenParser(), 3), raw("four"));
    assertThat(letter.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(((RawRecord) letter.record()).bytes()).isEqualTo("four".getBytes(UTF_8));
  }

  private static DeadLetter letter(RecordReader reader, RawRecord record) {
    return (DeadLetter) reader.read(record).content();
  }

  private static RawRecord raw(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new RawRecord(bytes, "a:1", bytes.length);
  }
}
