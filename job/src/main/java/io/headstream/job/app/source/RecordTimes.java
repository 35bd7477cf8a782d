package io.headstream.job.app.source;

import io.headstream.job.records.ReadRecord;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * What time means to a source. Each record is stamped with the time at which it was read, by which
 * latency is measured behind; watermarks, where there are any, follow what the records say.
 */
public final class RecordTimes {
  /** After so long without a record that says its time, a split no longer holds others back. */
  public static final Duration IDLE_AFTER = Duration.ofSeconds(10);

  private RecordTimes() {}

  /** No watermarks but the last one of a bounded input. */
  public static WatermarkStrategy<ReadRecord> ofReading() {
    return WatermarkStrategy.<ReadRecord>noWatermarks()
        .withTimestampAssigner((record, before) -> System.currentTimeMillis());
  }

  /**
   * Watermarks that follow the records' timestamps, for each file or partition by itself; the
   * slowest one counts, unless it is idle.
   *
   * @param maxOutOfOrderness how far the watermark stays behind the newest record
   */
  public static WatermarkStrategy<ReadRecord> ofRecords(Duration maxOutOfOrderness) {
    return ofRecords(maxOutOfOrderness, IDLE_AFTER);
  }

  static WatermarkStrategy<ReadRecord> ofRecords(Duration maxOutOfOrderness, Duration idleAfter) {
    WatermarkStrategy<ReadRecord> bounded =
        WatermarkStrategy.<ReadRecord>forBoundedOutOfOrderness(maxOutOfOrderness)
            .withIdleness(idleAfter);
    return WatermarkStrategy.<ReadRecord>forGenerator(
            context -> new OfTokens(bounded.createWatermarkGenerator(context)))
        .withTimestampAssigner((record, before) -> System.currentTimeMillis());
  }

  /**
   * Tells a generator of the tokens that have a timestamp. A split that has no such tokens is idle
   * to it and holds nobody back, and what cannot be used moves no watermark.
   */
  private record OfTokens(WatermarkGenerator<ReadRecord> generator)
      implements WatermarkGenerator<ReadRecord> {

    @Override
    public void onEvent(ReadRecord record, long readAt, WatermarkOutput output) {
      Long timestamp = record.timestamp();
      if (timestamp != null) {
        generator.onEvent(record, timestamp, output);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      generator.onPeriodicEmit(output);
    }
  }
}
