package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
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
  public static WatermarkStrategy<RawRecord> ofReading() {
    return WatermarkStrategy.<RawRecord>noWatermarks()
        .withTimestampAssigner((record, before) -> System.currentTimeMillis());
  }

  /**
   * Watermarks that follow the records' timestamps, for each file or partition by itself; the
   * slowest one counts, unless it is idle.
   *
   * @param timestampField what the timestamp is called
   * @param maxOutOfOrderness how far the watermark stays behind the newest record
   */
  public static WatermarkStrategy<RawRecord> ofRecords(
      String timestampField, Duration maxOutOfOrderness) {
    return ofRecords(timestampField, maxOutOfOrderness, IDLE_AFTER);
  }

  static WatermarkStrategy<RawRecord> ofRecords(
      String timestampField, Duration maxOutOfOrderness, Duration idleAfter) {
    WatermarkStrategy<RawRecord> bounded =
        WatermarkStrategy.<RawRecord>forBoundedOutOfOrderness(maxOutOfOrderness)
            .withIdleness(idleAfter);
    return WatermarkStrategy.<RawRecord>forGenerator(
            context ->
                new Scanned(
                    new TimestampScan(timestampField), bounded.createWatermarkGenerator(context)))
        .withTimestampAssigner((record, before) -> System.currentTimeMillis());
  }

  /**
   * Tells a generator of the records that have a timestamp. One whose records have none is idle to
   * it and holds nobody back.
   */
  private record Scanned(TimestampScan scan, WatermarkGenerator<RawRecord> generator)
      implements WatermarkGenerator<RawRecord> {

    @Override
    public void onEvent(RawRecord record, long readAt, WatermarkOutput output) {
      long timestamp = scan.timestamp(record);
      if (timestamp != TimestampScan.NONE) {
        generator.onEvent(record, timestamp, output);
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      generator.onPeriodicEmit(output);
    }
  }
}
