package io.headstream.job.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicOffsetsTest {
  private static final TopicPartition ZERO = new TopicPartition("t", 0);
  private static final TopicPartition ONE = new TopicPartition("t", 1);
  private static final long OLDEST = KafkaPartitionSplit.EARLIEST_OFFSET;

  @Test
  void theLatestIsANumberSoThatARestartDoesNotMoveIt() {
    assertThat(offsets(StartFrom.LATEST)).isEqualTo(Map.of(ZERO, 70L, ONE, 71L));
  }

  @Test
  void aPartitionWithNothingCommittedBeginsAtItsOldestRecord() {
    assertThat(offsets(StartFrom.COMMITTED)).isEqualTo(Map.of(ZERO, OLDEST, ONE, 51L));
    assertThat(offsets(StartFrom.EARLIEST)).isEqualTo(Map.of(ZERO, OLDEST, ONE, OLDEST));
  }

  @Test
  void recordsThatAreGoneAreNotJumpedOverUnlessAskedFor() {
    assertThat(whenGone(Map.of())).isEqualTo(OffsetResetStrategy.NONE);
    assertThat(whenGone(Map.of("auto.offset.reset", "earliest")))
        .isEqualTo(OffsetResetStrategy.EARLIEST);
  }

  private static OffsetResetStrategy whenGone(Map<String, String> clients) {
    return TokenTopic.start(StartFrom.EARLIEST, clients).getAutoOffsetResetStrategy();
  }

  private static Map<TopicPartition, Long> offsets(StartFrom from) {
    return new TopicOffsets(from, OffsetResetStrategy.NONE)
        .getPartitionOffsets(List.of(ZERO, ONE), new Topic());
  }

  /** A topic whose second partition alone has a committed offset. */
  private static final class Topic implements PartitionOffsetsRetriever {
    @Override
    public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
      return Map.of(ONE, 51L);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
      return Map.of(ZERO, 70L, ONE, 71L);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
      return Map.of(ZERO, 0L, ONE, 1L);
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      throw new UnsupportedOperationException();
    }
  }
}
