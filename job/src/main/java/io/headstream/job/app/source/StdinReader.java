package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import io.headstream.job.records.ReadRecord;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;

/**
 * Finds the lines on a thread of its own, since reading stdin blocks and cannot be interrupted;
 * what they are is read on the task's.
 */
final class StdinReader implements SourceReader<ReadRecord, StdinSplit> {
  private final SourceReaderContext context;
  private final Supplier<InputStream> input;
  private final RecordReader reader;
  private final RecordQueue queue = new RecordQueue();
  private Thread thread;
  private boolean ended;
  private long lines;

  StdinReader(SourceReaderContext context, Supplier<InputStream> input, RecordReader reader) {
    this.context = context;
    this.input = input;
    this.reader = reader;
  }

  @Override
  public void start() {
    if (thread == null) {
      context.sendSplitRequest();
    }
  }

  @Override
  public void addSplits(List<StdinSplit> splits) {
    for (StdinSplit split : splits) {
      lines = split.lines();
      thread = new Thread(() -> read(split.lines()), "stdin-reader");
      // It may hang in a read for ever, and must not keep the JVM from ending.
      thread.setDaemon(true);
      thread.start();
    }
  }

  @Override
  public void notifyNoMoreSplits() {
    if (thread == null) {
      queue.end(null);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<ReadRecord> output) throws IOException {
    RawRecord record = queue.poll();
    if (record != null) {
      output.collect(reader.read(record));
      lines = line(record);
      return InputStatus.MORE_AVAILABLE;
    }
    ended = queue.drained();
    return ended ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return queue.available();
  }

  @Override
  public List<StdinSplit> snapshotState(long checkpointId) {
    return thread == null || ended ? List.of() : List.of(new StdinSplit(lines));
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void read(long linesToSkip) {
    try {
      LineReader found = new LineReader(input.get(), "stdin", reader.maxRecordBytes(), 0, 0);
      for (RawRecord record = found.next(); record != null; record = found.next()) {
        if (found.lines() > linesToSkip) {
          queue.put(record);
        }
      }
      queue.end(null);
    } catch (IOException e) {
      queue.end(e);
    } catch (RuntimeException | Error e) {
      // Whatever ends this thread ends the job: otherwise it would wait for records for ever.
      queue.end(new IOException(e.getMessage(), e));
    } catch (InterruptedException e) {
      // The job has ended, so nobody waits for the rest.
      Thread.currentThread().interrupt();
    }
  }

  private static long line(RawRecord record) {
    String source = record.source();
    return Long.parseLong(source.substring(source.lastIndexOf(':') + 1));
  }
}
