package io.headstream.job.app.kafka;

import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.Reason;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A dead letter as a Kafka record: the sequence ID as its key, where it is known, and the JSON
 * object as its value.
 *
 * <p>One that the topic does not take is cut to its beginning, as {@link Reason#TOO_LARGE}, with
 * the first reason in the detail.
 */
public final class DeadLetterRecords extends TopicRecords<DeadLetter> {
  private static final long serialVersionUID = 1L;

  private final TokenFormat format;
  private final RecordBound bound;

  /** Records for a topic. */
  public DeadLetterRecords(String topic, TokenFormat format, RecordBound bound) {
    super(topic);
    this.format = format;
    this.bound = bound;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, Long timestamp) {
    byte[] key = letter.sequenceId() == null ? null : AnswerRecords.key(letter.sequenceId());
    byte[] value = DeadLetterJson.bytes(letter, format);
    if (!bound.fits(key == null ? 0 : key.length, value.length)) {
      value = DeadLetterJson.bytes(cut(letter, value.length), format);
    }
    return new ProducerRecord<>(topic, key, value);
  }

  private DeadLetter cut(DeadLetter letter, int bytes) {
    return new DeadLetter(
        Reason.TOO_LARGE,
        "dead letter has %d bytes, the topic takes %d; it was %s: %s"
            .formatted(bytes, bound.maxBytes(), letter.reason(), letter.detail()),
        letter.sequenceId(),
        DeadLetterJson.record(letter, format).beginning());
  }
}
