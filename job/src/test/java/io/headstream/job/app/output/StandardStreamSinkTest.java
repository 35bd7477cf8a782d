package io.headstream.job.app.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.Token;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardStreamSinkTest {
  private static final String LINE = "{\"sequence_id\":\"a\",\"position\":0,\"embedding\":[1.0]}\n";

  private static final ThreadLocal<OutputStream> STREAM = new ThreadLocal<>();

  @Test
  void aLineThatComesAloneAppearsAtOnce() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      for (int i = 1; i <= 3; i++) {
        harness.setProcessingTime(1000 + i);
        harness.processElement(token(), 0);
        recordDone(harness);
        assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(i));
      }
    }
  }

  @Test
  void theLinesOfOneRecordAppearTogetherAtOnce() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      harness.setProcessingTime(1000);
      for (int i = 0; i < 4; i++) {
        harness.processElement(token(), 0);
      }
      recordDone(harness);
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(4));
    }
  }

  @Test
  void linesThatComeOneUponTheOtherAppearTogetherAMillisecondLater() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      harness.setProcessingTime(1000);
      for (int i = 0; i < 4; i++) {
        harness.processElement(token(), 0);
        recordDone(harness);
      }
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE);
      harness.setProcessingTime(1001);
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(4));
      harness.processElement(token(), 0);
      recordDone(harness);
      assertThat(stream.toString(UTF_8))
          .as("a moment after the last write")
          .hasSize(4 * LINE.length());
      harness.setProcessingTime(1002);
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(5));
    }
  }

  @Test
  void whatWasGatheredAppearsAtTheCheckpointAndAtTheEnd() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      harness.setProcessingTime(1000);
      harness.processElement(token(), 0);
      harness.processElement(token(), 0);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(2));
      harness.processElement(token(), 0);
      harness.endInput();
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(3));
    }
  }

  @Test
  void whatIsDoneGoesOutWhenTheJobIsCancelled() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      harness.processElement(token(), 0);
      recordDone(harness);
      harness.processElement(token(), 0);
      recordDone(harness);
      assertThat(stream.toString(UTF_8)).isEqualTo(LINE);
    }
    assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(2));
  }

  @Test
  void manyLinesDoNotWait() throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (var harness = open(stream)) {
      for (int i = 0; i < 5000; i++) {
        harness.processElement(token(), 0);
      }
      assertThat(stream.size()).isGreaterThan(65_536);
    }
    assertThat(stream.toString(UTF_8)).isEqualTo(LINE.repeat(5000));
  }

  @ParameterizedTest
  @CsvSource({
    "Broken pipe, 'the stream was closed by who read it, before everything was written'",
    "No space left on device, the stream cannot be written to: No space left on device",
    "Bad file descriptor, the stream cannot be written to: Bad file descriptor"
  })
  void aStreamThatCannotBeWrittenToFailsTheJobAndIsNamed(String system, String said)
      throws Exception {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(system);
          }
        };
    try (var harness = open(broken)) {
      harness.processElement(token(), 0);
      assertThatThrownBy(() -> recordDone(harness))
          .isInstanceOf(IOException.class)
          .hasMessage(said)
          .hasNoCause();
      // Closing does not try once more.
    }
  }

  /** What the task does when it has handed on all that came of a record. */
  private static void recordDone(OneInputStreamOperatorTestHarness<?, ?> harness) throws Exception {
    TaskMailbox mailbox = harness.getTaskMailbox();
    for (Optional<Mail> mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY);
        mail.isPresent();
        mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY)) {
      mail.get().run();
    }
  }

  private static Token token() {
    return Token.of("a", 0, new float[] {1}, false);
  }

  private static OneInputStreamOperatorTestHarness<Token, CommittableMessage<Token>> open(
      OutputStream stream) throws Exception {
    STREAM.set(stream);
    StandardStreamSink<Token> sink =
        new StandardStreamSink<>("the stream", new TokenEncoder(), () -> STREAM.get());
    var harness =
        new OneInputStreamOperatorTestHarness<Token, CommittableMessage<Token>>(
            new SinkWriterOperatorFactory<>(sink));
    harness.open();
    return harness;
  }
}
