package io.headstream.job.app.kafka;

import io.headstream.job.records.RawRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Takes the value of each Kafka record as one record, named {@code TOPIC:PARTITION:OFFSET}.
 *
 * <p>A record without a value (a tombstone) is an empty one: it is not JSON, but neither is it
 * passed over in silence.
 */
final class TopicValues implements KafkaRecordDeserializationSchema<RawRecord> {
  private static final long serialVersionUID = 1L;
  private static final byte[] NONE = new byte[0];

  private final int maxRecordBytes;

  /** Of a value longer than this only the beginning is kept. */
  TopicValues(int maxRecordBytes) {
    this.maxRecordBytes = maxRecordBytes;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
    String source = record.topic() + ':' + record.partition() + ':' + record.offset();
    byte[] value = record.value() == null ? NONE : record.value();
    RawRecord read = new RawRecord(value, source, value.length);
    out.collect(value.length > maxRecordBytes ? read.beginning() : read);
  }

  @Override
  public TypeInformation<RawRecord> getProducedType() {
    return TypeInformation.of(RawRecord.class);
  }
}
