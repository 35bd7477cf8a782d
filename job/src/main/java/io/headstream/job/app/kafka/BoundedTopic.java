package io.headstream.job.app.kafka;

import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A bounded Kafka source that also ends when it goes on from a checkpoint.
 *
 * <p>The connector's own never does (FLINK-31006): it tells its readers that there is nothing more
 * for them only when it has found a partition, and with a checkpoint there is none left to find. So
 * a restored one does not look for partitions here, all of which were found at the beginning, and
 * tells each reader at once.
 *
 * @param topic the connector's source, with its end
 */
record BoundedTopic(KafkaSource<ReadRecord> topic)
    implements Source<ReadRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<ReadRecord> {

  @Override
  public Boundedness getBoundedness() {
    return topic.getBoundedness();
  }

  @Override
  public SourceReader<ReadRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return topic.createReader(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return topic.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restored =
        topic.restoreEnumerator(context, state);
    return state.initialDiscoveryFinished()
        ? new Restored(restored, context, List.copyOf(state.unassignedSplits()))
        : restored;
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return topic.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return topic.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<ReadRecord> getProducedType() {
    return topic.getProducedType();
  }

  /** Hands out what the checkpoint has, and nothing more. */
  private record Restored(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions,
      SplitEnumeratorContext<KafkaPartitionSplit> context,
      List<KafkaPartitionSplit> unassigned)
      implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private static final int NO_READER = -1;

    /** In place of the connector's start, which would look for partitions. */
    @Override
    public void start() {
      partitions.addSplitsBack(unassigned, NO_READER);
    }

    @Override
    public void handleSplitRequest(int reader, String host) {
      partitions.handleSplitRequest(reader, host);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int reader) {
      partitions.addSplitsBack(splits, reader);
    }

    @Override
    public void addReader(int reader) {
      partitions.addReader(reader); // with what is left for it
      context.signalNoMoreSplits(reader);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
      return partitions.snapshotState(checkpoint);
    }

    @Override
    public void close() throws IOException {
      partitions.close();
    }
  }
}
