package io.headstream.job.app.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.records.ReadRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StdinReaderTest {

  @Test
  void everyLineOfALongInputComesOut() throws Exception {
    String text = "0123456789\n".repeat(300_000);
    List<String> sources = readAll(reader(text), new StdinSplit(0));
    assertThat(sources).hasSize(300_000).startsWith("stdin:1").endsWith("stdin:300000");
  }

  @Test
  void skipsWhatACheckpointHasBehindIt() throws Exception {
    assertThat(readAll(reader("a\n\nc\nd\n"), new StdinSplit(3))).containsExactly("stdin:4");
    assertThat(readAll(reader("a\n\nc\nd\n"), new StdinSplit(2)))
        .containsExactly("stdin:3", "stdin:4");
  }

  @Test
  void theStateIsTheNewestLineThatWentOut() throws Exception {
    StdinReader reader = reader("a\n\nc\n");
    assertThat(reader.snapshotState(1)).isEmpty();
    reader.addSplits(List.of(new StdinSplit(0)));
    assertThat(reader.snapshotState(2)).containsExactly(new StdinSplit(0));
    Sources sources = new Sources();
    while (sources.seen.size() < 2) {
      reader.isAvailable().get(30, TimeUnit.SECONDS);
      reader.pollNext(sources);
    }
    assertThat(reader.snapshotState(3)).containsExactly(new StdinSplit(3));
    while (reader.pollNext(sources) != InputStatus.END_OF_INPUT) {
      reader.isAvailable().get(30, TimeUnit.SECONDS);
    }
    assertThat(reader.snapshotState(4)).isEmpty();
  }

  @Test
  void aReaderWithoutTheSplitEnds() throws Exception {
    StdinReader reader = reader("a\n");
    reader.notifyNoMoreSplits();
    assertThat(reader.isAvailable()).isDone();
    assertThat(reader.pollNext(new Sources())).isEqualTo(InputStatus.END_OF_INPUT);
  }

  @Test
  void aFailureComesAfterTheLinesBeforeIt() {
    InputStream broken =
        new ByteArrayInputStream("a\n".getBytes(UTF_8)) {
          @Override
          public synchronized int read(byte[] b, int off, int len) {
            int read = super.read(b, off, len);
            if (read < 0) {
              throw new IllegalStateException("the pipe is gone");
            }
            return read;
          }
        };
    StdinReader reader = new StdinReader(null, () -> broken, AsItIs.reader(100));
    reader.addSplits(List.of(new StdinSplit(0)));
    Sources sources = new Sources();
    assertThatThrownBy(() -> readAll(reader, sources))
        .isInstanceOf(IOException.class)
        .hasMessage("the pipe is gone");
    assertThat(sources.seen).containsExactly("stdin:1");
  }

  @Test
  void stdinIsReadOnceInAJvm() throws Exception {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("a\n".getBytes(UTF_8)));
    try {
      StdinSource source = new StdinSource(AsItIs.reader(100));
      assertThat(readAll((StdinReader) source.createReader(null), new StdinSplit(0)))
          .containsExactly("stdin:1");
      StdinReader second = (StdinReader) source.createReader(null);
      assertThatThrownBy(() -> readAll(second, new StdinSplit(0)))
          .hasMessage("stdin was read before and cannot be read again");
    } finally {
      System.setIn(before);
    }
  }

  private static StdinReader reader(String text) {
    Supplier<InputStream> input = () -> new ByteArrayInputStream(text.getBytes(UTF_8));
    return new StdinReader(null, input, AsItIs.reader(100));
  }

  private static List<String> readAll(StdinReader reader, StdinSplit split) throws Exception {
    Sources sources = new Sources();
    reader.addSplits(List.of(split));
    readAll(reader, sources);
    return sources.seen;
  }

  private static void readAll(StdinReader reader, Sources sources) throws Exception {
    while (true) {
      InputStatus status = reader.pollNext(sources);
      if (status == InputStatus.END_OF_INPUT) {
        return;
      }
      if (status == InputStatus.NOTHING_AVAILABLE) {
        reader.isAvailable().get(30, TimeUnit.SECONDS);
      }
    }
  }

  /** Remembers where records come from. */
  private static final class Sources implements ReaderOutput<ReadRecord> {
    private final List<String> seen = new ArrayList<>();

    @Override
    public void collect(ReadRecord record) {
      seen.add(AsItIs.record(record).source());
    }

    @Override
    public void collect(ReadRecord record, long timestamp) {
      collect(record);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new AssertionError(watermark);
    }

    @Override
    public void markIdle() {
      throw new AssertionError("idle");
    }

    @Override
    public void markActive() {
      throw new AssertionError("active");
    }

    @Override
    public SourceOutput<ReadRecord> createOutputForSplit(String splitId) {
      throw new AssertionError(splitId);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      throw new AssertionError(splitId);
    }
  }
}
