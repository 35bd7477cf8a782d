package io.headstream.job.app.kafka;

import io.headstream.job.app.source.RecordReader;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the value of each Kafka record as one record, named {@code TOPIC:PARTITION:OFFSET}.
 *
 * <p>A record without a value (a tombstone) is an empty one: it is not JSON, but neither is it
 * passed over in silence.
 */
final class TopicValues implements KafkaRecordDeserializationSchema<ReadRecord> {
  private static final long serialVersionUID = 1L;
  private static final byte[] NONE = new byte[0];

  private final RecordReader reader;

  TopicValues(RecordReader reader) {
    this.reader = reader;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadRecord> out) {
    String source = record.topic() + ':' + record.partition() + ':' + record.offset();
    byte[] value = record.value() == null ? NONE : record.value();
    out.collect(reader.read(new RawRecord(value, source, value.length)));
  }

  @Override
  public TypeInformation<ReadRecord> getProducedType() {
    return TypeInformation.of(ReadRecord.class);
  }
}
