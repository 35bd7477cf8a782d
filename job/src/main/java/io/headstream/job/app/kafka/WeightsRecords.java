package io.headstream.job.app.kafka;

import io.headstream.job.app.json.AttentionRecordJson;
import io.headstream.job.records.AttentionRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Attention weights as a Kafka record: the sequence ID as its key, so that a sequence stays in one
 * partition, and the JSON object as its value.
 *
 * @param <T> of which mode
 */
public final class WeightsRecords<T extends AttentionRecord> extends TopicRecords<T> {
  private static final long serialVersionUID = 1L;

  /** Records for a topic; too large ones have been {@link SetAsideLargeWeights set aside}. */
  public WeightsRecords(String topic) {
    super(topic);
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      T weights, KafkaSinkContext context, Long timestamp) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    try {
      AttentionRecordJson.write(weights, value);
    } catch (IOException e) {
      // An array in memory takes everything.
      throw new UncheckedIOException(e);
    }
    return new ProducerRecord<>(
        topic, AnswerRecords.key(weights.sequenceId()), value.toByteArray());
  }
}
