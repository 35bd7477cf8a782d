package io.headstream.job.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.app.json.FloatEncoding;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.source.JsonTokenParser;
import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.MetricRegistry;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicRecordsTest {
  private static final RecordBound BOUND = new RecordBound(RecordBound.LEAST_BYTES);

  @Test
  void anAnswerHasItsSequenceAsKeyAndNoTimeOfItsOwn() {
    Token token = new Token("größe", 1, new float[] {1}, null, 5L, false, "in:0:1");

    ProducerRecord<byte[], byte[]> record =
        new AnswerRecords("out", TokenFormat.DEFAULT).serialize(token, null, 5L);

    assertThat(record.topic()).isEqualTo("out");
    assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("größe");
    assertThat(record.value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "{\"sequence_id\":\"größe\",\"position\":1,\"embedding\":[1.0],\"timestamp\":5}");
    assertThat(record.partition()).isNull();
    assertThat(record.timestamp()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "none",
      value = {
        "{\"sequence_id\":\"a\",\"position\":0}; a",
        "{\"x\":{\"sequence_id\":\"b\"},\"y\":[1],\"sequence_id\":\"ä\"; ä",
        "{\"sequence_id\":7}; none",
        "{\"sequence_id\":\"\"}; none",
        "{\"position\":0}; none",
        "[\"sequence_id\",\"a\"]; none",
        "not json; none",
        "''; none"
      })
  void aDeadLetterHasTheSequenceAsKeyThatItsRecordNames(String record, String key) {
    ProducerRecord<byte[], byte[]> written = letter(record.getBytes(StandardCharsets.UTF_8));

    assertThat(written.key() == null ? null : new String(written.key(), StandardCharsets.UTF_8))
        .isEqualTo(key);
    assertThat(text(written)).startsWith("{\"reason\":\"MALFORMED\",\"detail\":\"bad\"");
  }

  @Test
  void aDeadLetterThatIsTooLargeIsCut() {
    // Control characters are six times as long in JSON.
    byte[] record = new byte[RecordBound.LEAST_BYTES / 6];
    assertThat(letter(record).value().length).isGreaterThan(4096).isLessThan(40_000);
    assertThat(text(letter(record)))
        .startsWith("{\"reason\":\"TOO_LARGE\",\"detail\":\"dead letter has ")
        .contains("the topic takes 65536; it was MALFORMED: bad\"", "\"source\":\"in:0:1\"")
        .endsWith("\"record_bytes\":" + record.length + "}");

    byte[] fits = new byte[RecordBound.LEAST_BYTES / 6 - 100];
    assertThat(text(letter(fits))).startsWith("{\"reason\":\"MALFORMED\"");
    assertThatThrownBy(() -> new RecordBound(RecordBound.LEAST_BYTES - 1))
        .hasMessage("largest record is 65535 bytes, must be at least 65536");
  }

  private static ProducerRecord<byte[], byte[]> letter(byte[] record) {
    RawRecord raw = new RawRecord(record, "in:0:1", record.length);
    String sequenceId = new JsonTokenParser(1, false, false).sequenceId(raw);
    return records()
        .serialize(new DeadLetter(Reason.MALFORMED, "bad", sequenceId, raw), null, null);
  }

  private static DeadLetterRecords records() {
    return new DeadLetterRecords("letters", TokenFormat.DEFAULT, BOUND);
  }

  @Test
  void aTokenIsWrittenAsItWouldComeInUnderItsOwnSequence() {
    TokenFormat format = new TokenFormat("id", "p", "e", "w", "l", "t", "end", FloatEncoding.JSON);
    Token token = new Token("größe", 1, new float[] {1}, null, null, true, "in:0:1");
    ProducerRecord<byte[], byte[]> record =
        new DeadLetterRecords("letters", format, BOUND)
            .serialize(new DeadLetter(Reason.LATE, "why", token), null, null);
    assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("größe");
    assertThat(text(record))
        .isEqualTo(
            "{\"reason\":\"LATE\",\"detail\":\"why\",\"source\":\"in:0:1\",\"record\":"
                + "\"{\\\"id\\\":\\\"größe\\\",\\\"p\\\":1,\\\"e\\\":[1.0],\\\"end\\\":true}\"}");

    Token large = token.withEmbedding(new float[RecordBound.LEAST_BYTES]);
    DeadLetter late = new DeadLetter(Reason.LATE, "why", large);
    assertThat(text(records().serialize(late, null, null)))
        .startsWith("{\"reason\":\"TOO_LARGE\",\"detail\":\"dead letter has ")
        .endsWith("\"record_bytes\":" + TokenJson.bytes(large).length + "}");
  }

  /** A task that hands out the counter that its operator has registered. */
  private static MockEnvironment task(AtomicReference<Counter> tokensAnswered) {
    MetricRegistry registry =
        TestingMetricRegistry.builder()
            .setRegisterConsumer(
                (metric, name, group) -> {
                  if (name.equals("tokensAnswered")) {
                    tokensAnswered.set((Counter) metric);
                  }
                })
            .build();
    return new MockEnvironmentBuilder()
        .setMetricGroup(
            TaskManagerMetricGroup.createTaskManagerMetricGroup(
                    registry, "here", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task"))
        .build();
  }

  private static String text(ProducerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  /** Just below the bound and just above it, whatever makes the answer large. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "\u0001"})
  void anAnswerThatTheTopicDoesNotTakeIsADeadLetterWithItsBeginning(String character)
      throws Exception {
    int each = character.equals("x") ? 1 : 6;
    int fitting = 0;
    int first = -1;
    List<DeadLetter> letters = new ArrayList<>();
    AtomicReference<Counter> tokensAnswered = new AtomicReference<>();
    SetAsideLargeAnswers step = new SetAsideLargeAnswers(TokenFormat.DEFAULT, BOUND);
    try (OneInputStreamOperatorTestHarness<Token, Token> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(step), task(tokensAnswered))) {
      harness.open();
      int lengths = RecordBound.LEAST_BYTES / each;
      for (int length = lengths - 300 / each; length <= lengths; length++) {
        Token token =
            new Token(
                "a", 0, new float[] {-1.17549435E-38f}, character.repeat(length), null, true, "s");
        harness.processElement(new StreamRecord<>(token));
        byte[] value =
            new AnswerRecords("t", TokenFormat.DEFAULT).serialize(token, null, null).value();
        boolean fits = BOUND.fits(1, value.length);
        fitting += fits ? 1 : 0;
        first = fits || first >= 0 ? first : value.length;
      }
      assertThat(harness.extractOutputValues()).hasSize(fitting).isNotEmpty();
      long setAside = harness.getSideOutput(DeadLetterOutput.TAG).size();
      assertThat(step.getRuntimeContext().getLongCounter("tokens-answered").getLocalValue())
          .isEqualTo(-setAside);
      assertThat(tokensAnswered.get().getCount()).isEqualTo(-setAside);
      harness.getSideOutput(DeadLetterOutput.TAG).forEach(r -> letters.add(r.getValue()));
    }

    assertThat(letters).isNotEmpty();
    assertThat(letters.get(0).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(letters.get(0).detail())
        .isEqualTo("answer has " + first + " bytes, the topic takes 65536");
    assertThat(letters.get(0).source()).isEqualTo("s");
    assertThat(((RawRecord) letters.get(0).record()).bytes()).hasSize(RawRecord.KEPT_BYTES);
    assertThat(((RawRecord) letters.get(0).record()).sizeBytes()).isEqualTo(first);
  }
}
