package io.headstream.job.app.kafka;

import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.app.json.TokenJson;
import io.headstream.job.app.json.Utf16;
import io.headstream.job.records.Token;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A token as a Kafka record: the sequence ID as its key, the JSON object as its value.
 *
 * <p>The key alone chooses the partition, by Kafka's own rule, so that a sequence's tokens stay in
 * order. The record's time is that of its writing and not the token's: topics forget by that time,
 * and an old token would be gone as soon as it is there.
 */
public final class AnswerRecords extends TopicRecords<Token> {
  private static final long serialVersionUID = 1L;

  private final TokenFormat format;

  /** Records for a topic. */
  public AnswerRecords(String topic, TokenFormat format) {
    super(topic);
    this.format = format;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Token token, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, key(token.sequenceId()), TokenJson.bytes(token, format));
  }

  static byte[] key(String sequenceId) {
    return Utf16.repaired(sequenceId).getBytes(StandardCharsets.UTF_8);
  }
}
