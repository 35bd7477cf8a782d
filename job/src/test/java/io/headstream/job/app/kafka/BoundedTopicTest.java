package io.headstream.job.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.app.source.AsItIs;
import io.headstream.job.records.ReadRecord;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.mocks.MockSplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BoundedTopicTest {
  private static final KafkaPartitionSplit FIRST = split(0);
  private static final KafkaPartitionSplit SECOND = split(1);

  @Test
  void onlyAnInputWithAnEndIsBounded() {
    assertThat(source(true).getBoundedness()).isEqualTo(Boundedness.BOUNDED);
    assertThat(source(false).getBoundedness()).isEqualTo(Boundedness.CONTINUOUS_UNBOUNDED);
  }

  /** There is no broker, so that looking for partitions would fail. */
  @Test
  void aRestoredOneEndsWithoutLookingForPartitions() throws Exception {
    KafkaSourceEnumState state = new KafkaSourceEnumState(List.of(FIRST), List.of(SECOND), true);
    try (MockSplitEnumeratorContext<KafkaPartitionSplit> context =
            new MockSplitEnumeratorContext<>(2);
        SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored =
            ((BoundedTopic) source(true)).restoreEnumerator(context, state)) {
      restored.start();
      for (int reader = 0; reader < 2; reader++) {
        assertThat(context.hasNoMoreSplits(reader)).isFalse();
        context.registerReader(new ReaderInfo(reader, "here"));
        restored.addReader(reader);
        assertThat(context.hasNoMoreSplits(reader)).isTrue();
      }

      assertThat(context.getSplitsAssignmentSequence())
          .flatExtracting(assignment -> assignment.assignment().values())
          .containsExactly(List.of(SECOND));
      assertThat(restored.snapshotState(1).assignedSplits())
          .containsExactlyInAnyOrder(FIRST, SECOND);
    }
  }

  private static Source<ReadRecord, ?, ?> source(boolean untilLatest) {
    return TokenTopic.source(
        "t",
        Map.of("bootstrap.servers", "localhost:1"),
        StartFrom.EARLIEST,
        untilLatest,
        AsItIs.reader(4096));
  }

  private static KafkaPartitionSplit split(int partition) {
    return new KafkaPartitionSplit(new TopicPartition("t", partition), 3, 7);
  }
}
