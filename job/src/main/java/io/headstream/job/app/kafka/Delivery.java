package io.headstream.job.app.kafka;

import org.apache.flink.connector.base.DeliveryGuarantee;

/** What a topic may hold after a failure. */
public enum Delivery {
  /**
   * Each record once, for who reads with {@code isolation.level=read_committed}: records are
   * written in transactions, which a checkpoint commits.
   */
  EXACTLY_ONCE(DeliveryGuarantee.EXACTLY_ONCE),
  /** Each record as soon as it is there; after a failure some come again. None is lost. */
  AT_LEAST_ONCE(DeliveryGuarantee.AT_LEAST_ONCE);

  private final DeliveryGuarantee guarantee;

  Delivery(DeliveryGuarantee guarantee) {
    this.guarantee = guarantee;
  }

  DeliveryGuarantee guarantee() {
    return guarantee;
  }
}
