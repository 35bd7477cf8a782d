package io.headstream.job.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.source.AsItIs;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicValuesTest {
  private static final int MAX = 5000;

  @Test
  void aValueIsNamedByTopicPartitionAndOffset() {
    RawRecord record = read("{}".getBytes(StandardCharsets.UTF_8));

    assertThat(record.bytes()).asString(StandardCharsets.UTF_8).isEqualTo("{}");
    assertThat(record.source()).isEqualTo("tokens:3:12345678901");
    assertThat(record.sizeBytes()).isEqualTo(2);
  }

  @Test
  void aTombstoneIsAnEmptyRecord() {
    assertThat(read(null).bytes()).isEmpty();
    assertThat(read(new byte[0]).bytes()).isEmpty();
  }

  @Test
  void onlyTheBeginningOfALongValueIsKept() {
    assertThat(read(new byte[MAX]).bytes()).hasSize(MAX);
    assertThat(read(new byte[MAX]).tooLarge()).isFalse();
    RawRecord large = read(new byte[MAX + 1]);
    assertThat(large.bytes()).hasSize(RawRecord.KEPT_BYTES);
    assertThat(large.sizeBytes()).isEqualTo(MAX + 1);
    assertThat(large.tooLarge()).isTrue();
  }

  private static RawRecord read(byte[] value) {
    List<ReadRecord> records = new ArrayList<>();
    new TopicValues(AsItIs.reader(MAX))
        .deserialize(
            new ConsumerRecord<>("tokens", 3, 12_345_678_901L, null, value),
            new ListCollector<>(records));
    assertThat(records).hasSize(1);
    return AsItIs.record(records.get(0));
  }
}
