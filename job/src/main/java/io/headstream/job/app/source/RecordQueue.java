package io.headstream.job.app.source;

import io.headstream.job.records.RawRecord;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Hands records from a thread that may block to one that must not; bounded in records and bytes.
 *
 * <p>One thread puts and ends, another one polls; all methods are safe between the two.
 */
final class RecordQueue {
  private static final int MAX_RECORDS = 1024;
  private static final long MAX_BYTES = 1 << 20;

  private final Queue<RawRecord> records = new ArrayDeque<>();
  private long bytes;
  private boolean ended;
  private IOException failure;
  private CompletableFuture<Void> available = new CompletableFuture<>();

  /** Adds a record, waiting for room; a record larger than all the room waits to be alone. */
  synchronized void put(RawRecord record) throws InterruptedException {
    int size = record.bytes().length;
    while (!records.isEmpty() && (records.size() >= MAX_RECORDS || bytes + size > MAX_BYTES)) {
      wait();
    }
    records.add(record);
    bytes += size;
    available.complete(null);
  }

  /** Says that no record follows, because of a failure or, when that is null, of the end. */
  synchronized void end(IOException cause) {
    ended = true;
    failure = cause;
    available.complete(null);
  }

  /**
   * The next record, or null when none is there now.
   *
   * @throws IOException when reading failed, after the records that were read before it
   */
  synchronized RawRecord poll() throws IOException {
    RawRecord record = records.poll();
    if (record != null) {
      bytes -= record.bytes().length;
      notifyAll();
    } else if (failure != null) {
      throw failure;
    }
    return record;
  }

  /** Whether the end was said and all records are out. */
  synchronized boolean drained() {
    return ended && failure == null && records.isEmpty();
  }

  /** Complete once there is a record or the end. */
  synchronized CompletableFuture<Void> available() {
    if (available.isDone() && records.isEmpty() && !ended) {
      available = new CompletableFuture<>();
    }
    return available;
  }
}
