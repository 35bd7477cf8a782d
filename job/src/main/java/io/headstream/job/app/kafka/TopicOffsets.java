package io.headstream.job.app.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the partitions of a topic are begun or ended, found out once and then part of the state.
 *
 * <p>The connector's own initializers leave some of it to each reader, which would look for the
 * latest record anew after a restart, and they let a reader jump over records that the topic has
 * deleted before they were read.
 *
 * @param at which offset
 * @param whenGone what a reader does whose offset the topic does not have any more
 */
record TopicOffsets(StartFrom at, OffsetResetStrategy whenGone) implements OffsetsInitializer {

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever topic) {
    return switch (at) {
      case EARLIEST -> earliest(partitions);
      case LATEST -> topic.endOffsets(partitions);
      case COMMITTED -> {
        Map<TopicPartition, Long> offsets = new HashMap<>(earliest(partitions));
        offsets.putAll(topic.committedOffsets(partitions));
        yield offsets;
      }
    };
  }

  /** Left to the reader: by the time that it reads, the oldest record may be another. */
  private static Map<TopicPartition, Long> earliest(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .collect(Collectors.toMap(Function.identity(), any -> KafkaPartitionSplit.EARLIEST_OFFSET));
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return whenGone;
  }
}
