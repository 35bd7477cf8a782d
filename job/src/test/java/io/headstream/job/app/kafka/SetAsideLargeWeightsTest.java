package io.headstream.job.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.observe.DeadLetterOutput;
import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRecord;
import io.headstream.job.records.AttentionRow;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class SetAsideLargeWeightsTest {
  private static final RecordBound BOUND = new RecordBound(RecordBound.LEAST_BYTES);
  private static final int ALL = Integer.MAX_VALUE;

  @Test
  void aKafkaRecordHasItsSequenceAsKey() {
    ProducerRecord<byte[], byte[]> map =
        record(new AttentionMap("größe", 3, List.of(), 1, ALL, 0, 0, new float[1], new float[1]));
    assertThat(map.topic()).isEqualTo("weights");
    assertThat(map.key()).asString(StandardCharsets.UTF_8).isEqualTo("größe");
    assertThat(map.value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"sequence_id\":\"größe\",\"head\":3,\"attention\":[[1]]}");
    assertThat(record(new AttentionRow("a", 0, 7, 0, 7, new float[] {1})).value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "{\"sequence_id\":\"a\",\"head\":0,\"position\":7,\"keys\":[7],\"attention\":[1]}");
  }

  /** Weights of 1 / n take about ten characters. */
  @Test
  void mapsThatTheTopicDoesNotTakeAreDeadLettersWithTheirBeginning() throws Exception {
    assertSetAside(
        40,
        120,
        length ->
            new AttentionMap(
                "a", 2, List.of(), length, ALL, ALL, 0, new float[length], new float[length]),
        "attention weights of sequence a, head 2");
  }

  @Test
  void labelsCountToo() throws Exception {
    assertSetAside(
        10_600,
        11_000,
        length ->
            new AttentionMap(
                "a",
                2,
                List.of("\u0001".repeat(length)),
                1,
                ALL,
                ALL,
                0,
                new float[1],
                new float[1]),
        "attention weights of sequence a, head 2");
  }

  @Test
  void longIdsAndLabelsOfOneCharacterToo() throws Exception {
    assertSetAside(
        1,
        6,
        times ->
            new AttentionMap(
                "\u0001".repeat(1024),
                2,
                Collections.nCopies(times * 4000, "é"),
                1,
                ALL,
                ALL,
                0,
                new float[1],
                new float[1]),
        "attention weights of sequence " + "\u0001".repeat(1024) + ", head 2");
  }

  @Test
  void rowsToo() throws Exception {
    assertSetAside(
        2_000,
        4_000,
        keys -> {
          float[] weights = new float[keys];
          Arrays.fill(weights, 1.17549435E-38f);
          int last = Integer.MAX_VALUE - 1;
          return new AttentionRow("a", 1, last, 0, last - keys + 1, weights);
        },
        "attention weights of sequence a, head 1");
  }

  /** Whatever is handed on fits, whatever does not is set aside; and there are both. */
  private static void assertSetAside(
      int least, int most, IntFunction<AttentionRecord> ofSize, String source) throws Exception {
    int fitting = 0;
    long first = -1;
    List<DeadLetter> letters = new ArrayList<>();
    try (OneInputStreamOperatorTestHarness<AttentionRecord, AttentionRecord> harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new SetAsideLargeWeights<AttentionRecord>(BOUND)))) {
      harness.open();
      int step = Math.max(1, (most - least) / 80);
      for (int size = least; size <= most; size += step) {
        AttentionRecord weights = ofSize.apply(size);
        harness.processElement(new StreamRecord<>(weights));
        ProducerRecord<byte[], byte[]> record = record(weights);
        boolean fits = BOUND.fits(record.key().length, record.value().length);
        fitting += fits ? 1 : 0;
        first = fits || first >= 0 ? first : record.value().length;
      }
      assertThat(harness.extractOutputValues()).hasSize(fitting).isNotEmpty();
      harness.getSideOutput(DeadLetterOutput.TAG).forEach(r -> letters.add(r.getValue()));
    }
    assertThat(letters).isNotEmpty();
    assertThat(letters.get(0).reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(letters.get(0).detail())
        .isEqualTo("attention weights have " + first + " bytes, the topic takes 65536");
    assertThat(letters.get(0).source()).isEqualTo(source);
    assertThat(((RawRecord) letters.get(0).record()).bytes()).hasSize(RawRecord.KEPT_BYTES);
    assertThat(((RawRecord) letters.get(0).record()).sizeBytes()).isEqualTo(first);
  }

  private static ProducerRecord<byte[], byte[]> record(AttentionRecord weights) {
    return new WeightsRecords<>("weights").serialize(weights, null, null);
  }
}
