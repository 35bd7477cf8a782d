package io.headstream.job.app.kafka;

import java.io.Serializable;

/**
 * The largest record that a topic takes. A larger one would fail the job, and again after each
 * restart, so it is found before it is sent.
 *
 * @param maxBytes the size of a request, and of a batch in the topic, at most
 */
public record RecordBound(int maxBytes) implements Serializable {
  /** So that a dead letter with the first bytes of a record always fits. */
  public static final int LEAST_BYTES = 1 << 16;

  /** What Kafka adds at most to a record of its own: a batch's header, lengths, timestamps. */
  private static final int OVERHEAD_BYTES = 128;

  /** Checks that dead letters fit. */
  public RecordBound {
    if (maxBytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "largest record is " + maxBytes + " bytes, must be at least " + LEAST_BYTES);
    }
  }

  /** Whether a record with key and value of these sizes is taken. */
  boolean fits(long keyBytes, long valueBytes) {
    return keyBytes + valueBytes + OVERHEAD_BYTES <= maxBytes;
  }
}
