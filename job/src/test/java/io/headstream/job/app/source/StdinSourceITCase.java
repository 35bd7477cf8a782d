package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.function.SerializableSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class StdinSourceITCase {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static volatile InputStream input;

  @Test
  void aLineComesOutWhileTheInputIsOpenAndTheEndEndsTheJob() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    input = new PipedInputStream(keyboard);
    // Two readers, of which one gets nothing.
    try (CloseableIterator<ReadRecord> records = lines(() -> input, 2)) {
      type(keyboard, "one\n\n");
      assertThat(next(records).source()).isEqualTo("stdin:1");
      type(keyboard, "three\r\nfo");
      RawRecord three = next(records);
      assertThat(three.source()).isEqualTo("stdin:3");
      assertThat(three.bytes()).isEqualTo("three".getBytes(UTF_8));
      type(keyboard, "ur");
      keyboard.close();
      assertThat(next(records).bytes()).isEqualTo("four".getBytes(UTF_8));
      assertThat(records.hasNext()).isFalse();
    }
  }

  @Test
  void aJobEndsAlthoughItsInputDoesNot() throws Exception {
    PipedOutputStream keyboard = new PipedOutputStream();
    input = new PipedInputStream(keyboard);
    CloseableIterator<ReadRecord> records = lines(() -> input, 1);
    type(keyboard, "one\n");
    assertThat(next(records).source()).isEqualTo("stdin:1");
    // Cancels the job, while the reader's thread waits for a line.
    records.close();
  }

  @Test
  void anInputThatCannotBeReadFailsTheJob() {
    SerializableSupplier<InputStream> broken =
        () -> {
          throw new IllegalStateException("no such pipe");
        };
    assertThatThrownBy(
            () -> {
              try (CloseableIterator<ReadRecord> records = lines(broken, 1)) {
                records.hasNext();
              }
            })
        .hasStackTraceContaining("no such pipe");
  }

  private static RawRecord next(CloseableIterator<ReadRecord> records) {
    return AsItIs.record(records.next());
  }

  private static void type(PipedOutputStream keyboard, String text) throws IOException {
    keyboard.write(text.getBytes(UTF_8));
    keyboard.flush();
  }

  private static CloseableIterator<ReadRecord> lines(
      SerializableSupplier<InputStream> input, int parallelism) throws Exception {
    Configuration config = new Configuration();
    config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(config);
    return env.fromSource(
            new StdinSource(input, AsItIs.reader(1 << 20)),
            WatermarkStrategy.noWatermarks(),
            "stdin")
        .setParallelism(parallelism)
        .executeAndCollect();
  }
}
