package io.headstream.job.app.output;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headstream.job.app.json.DeadLetterJson;
import io.headstream.job.app.json.Json;
import io.headstream.job.app.json.TokenFormat;
import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.RawRecord;
import io.headstream.job.records.Reason;
import java.io.IOException;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A dead letter as a Kafka record: the sequence ID as its key, where the record in it says one as
 * far as it can be read, and the JSON object as its value.
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
    byte[] key = key(letter.record());
    byte[] value = DeadLetterJson.bytes(letter);
    if (!bound.fits(key == null ? 0 : key.length, value.length)) {
      value = DeadLetterJson.bytes(cut(letter, value.length));
    }
    return new ProducerRecord<>(topic, key, value);
  }

  private DeadLetter cut(DeadLetter letter, int bytes) {
    byte[] record = letter.record();
    return new DeadLetter(
        Reason.TOO_LARGE,
        "dead letter has %d bytes, the topic takes %d; it was %s: %s"
            .formatted(bytes, bound.maxBytes(), letter.reason(), letter.detail()),
        letter.source(),
        Arrays.copyOf(record, Math.min(record.length, RawRecord.KEPT_BYTES)),
        letter.recordBytes());
  }

  private byte[] key(byte[] record) {
    try (JsonParser json = Json.FACTORY.createParser(record)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean id = json.currentName().equals(format.sequenceId());
        if (json.nextToken() == JsonToken.VALUE_STRING && id) {
          String sequenceId = json.getText();
          return isId(sequenceId) ? AnswerRecords.key(sequenceId) : null;
        }
        json.skipChildren();
      }
      return null;
    } catch (IOException | RuntimeException e) {
      // What cannot be read has no ID; that is why it is here.
      return null;
    }
  }

  private static boolean isId(String text) {
    return !text.isEmpty() && text.codePointCount(0, text.length()) <= 1024;
  }
}
