package io.headstream.job.app.kafka;

/** Where a topic is read from when there is no state to go on from. */
public enum StartFrom {
  /** The oldest record that the topic still has. */
  EARLIEST,
  /** The records that are written after the start. */
  LATEST,
  /** What the consumer group has committed; where it has nothing, the oldest record. */
  COMMITTED
}
