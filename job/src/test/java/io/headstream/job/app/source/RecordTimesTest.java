package io.headstream.job.app.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.job.records.DeadLetter;
import io.headstream.job.records.ReadRecord;
import io.headstream.job.records.Reason;
import io.headstream.job.records.Token;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkOutputMultiplexer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

/** The watermarks of several partitions that one reader reads. */
class RecordTimesTest {
  private static final String[] PARTITIONS = {"p0", "p1", "p2"};

  private final ManualClock clock = new ManualClock();
  private final Combined combined = new Combined();
  private final WatermarkOutputMultiplexer multiplexer = new WatermarkOutputMultiplexer(combined);
  private final Map<String, WatermarkGenerator<ReadRecord>> generators = new HashMap<>();

  RecordTimesTest() {
    pass(1); // Flink takes 0 for no time at all
    for (String partition : PARTITIONS) {
      multiplexer.registerNewOutput(partition, new Unheard());
      generators.put(
          partition,
          RecordTimes.ofRecords(Duration.ofMillis(5), Duration.ofMillis(100))
              .createWatermarkGenerator(new Context()));
    }
  }

  @Test
  void theSlowestPartitionCounts() {
    say("p0", 1000);
    say("p1", 500);
    emit();
    assertThat(combined.watermark).as("p2 has said nothing").isEqualTo(Long.MIN_VALUE);
    say("p2", 100);
    emit();
    assertThat(combined.watermark).isEqualTo(100 - 5 - 1);
    say("p2", 90);
    say("p2", 700);
    emit();
    assertThat(combined.watermark).isEqualTo(500 - 5 - 1);
  }

  @Test
  void anIdlePartitionDoesNotHoldTheRestBack() {
    say("p0", 1000);
    say("p1", 500);
    emit();
    pass(101);
    say("p0", 2000);
    say("p1", 1500);
    emit();
    assertThat(combined.watermark).isEqualTo(1500 - 5 - 1);
  }

  @Test
  void aPartitionOfRecordsWithoutTimestampsIsIdle() {
    emit();
    for (int n = 0; n < 10; n++) {
      pass(30);
      say("p0", 1000 + n);
      say("p1", 2000 + n);
      say("p2", new ReadRecord(token(null)));
      emit();
    }
    assertThat(combined.watermark).isEqualTo(1009 - 5 - 1);
  }

  @Test
  void whatCannotBeUsedMovesNothing() {
    for (String partition : PARTITIONS) {
      say(partition, 1000);
    }
    emit();
    DeadLetter letter = new DeadLetter(Reason.WRONG_DIMENSION, "why", token(9000L));
    for (String partition : PARTITIONS) {
      say(partition, new ReadRecord(letter));
    }
    emit();
    assertThat(combined.watermark).isEqualTo(1000 - 5 - 1);
  }

  @Test
  void allIdleIsIdle() {
    say("p0", 1000);
    emit();
    emit(); // idleness is measured from the first look that finds nothing new
    pass(101);
    emit();
    assertThat(combined.idle).isTrue();
    say("p1", 3000);
    emit();
    assertThat(combined.idle).isFalse();
    assertThat(combined.watermark).isEqualTo(3000 - 5 - 1);
  }

  private void say(String partition, long timestamp) {
    say(partition, new ReadRecord(token(timestamp)));
  }

  private void say(String partition, ReadRecord record) {
    generators.get(partition).onEvent(record, 77, multiplexer.getImmediateOutput(partition));
  }

  private static Token token(Long timestamp) {
    return new Token("a", 0, new float[] {1}, null, timestamp, false, "t:1");
  }

  private void emit() {
    generators.forEach(
        (partition, generator) ->
            generator.onPeriodicEmit(multiplexer.getDeferredOutput(partition)));
    multiplexer.onPeriodicEmit();
  }

  private void pass(long millis) {
    clock.advanceTime(Duration.ofMillis(millis));
  }

  private static final class Unheard implements WatermarkOutputMultiplexer.WatermarkUpdateListener {
    @Override
    public void onWatermarkUpdate(long watermark) {
      // What a partition says alone is not looked at.
    }

    @Override
    public void onIdleUpdate(boolean isIdle) {
      // Nor this.
    }
  }

  private static final class Combined implements WatermarkOutput {
    private long watermark = Long.MIN_VALUE;
    private boolean idle;

    @Override
    public void emitWatermark(Watermark mark) {
      watermark = mark.getTimestamp();
      idle = false;
    }

    @Override
    public void markIdle() {
      idle = true;
    }

    @Override
    public void markActive() {
      idle = false;
    }
  }

  private final class Context implements WatermarkGeneratorSupplier.Context {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public RelativeClock getInputActivityClock() {
      return clock;
    }
  }
}
