package io.headstream.e2e.paced;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * How many bytes a second may pass in this process, all streams together. The number stands in a
 * file, so that a test can change it while the cluster runs; no file or no positive number means as
 * fast as can be. Any thread may pass.
 */
final class Pace {
  private static final int STEP_BYTES = 16 * 1024;
  private static final long LOOK_AGAIN_NANOS = 200_000_000;

  private final Path file;
  private long bytesPerSecond;
  private long lookedAt = System.nanoTime() - LOOK_AGAIN_NANOS;
  private long free = System.nanoTime();

  /** The pace that the file says, now and later. */
  Pace(Path file) {
    this.file = file;
  }

  /**
   * Waits until some bytes may pass.
   *
   * @param bytes that are wanted
   * @return how many of them may, at least 1 where any is wanted
   */
  int pass(int bytes) throws IOException {
    int step = Math.min(bytes, STEP_BYTES);
    long wait = reserve(step);
    if (wait == Long.MIN_VALUE) {
      return bytes;
    }
    if (wait > 0) {
      try {
        Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000)); // this is what it is for
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while bytes were held back");
      }
    }
    return step;
  }

  /** Nanoseconds to wait; Long.MIN_VALUE if nothing is held back. */
  private synchronized long reserve(int bytes) throws IOException {
    long now = System.nanoTime();
    if (now - lookedAt >= LOOK_AGAIN_NANOS) {
      bytesPerSecond = read();
      lookedAt = now;
    }
    if (bytesPerSecond <= 0) {
      free = now;
      return Long.MIN_VALUE;
    }
    long from = Math.max(free, now);
    // What is reserved at a slow pace must not hold back long after the pace has changed.
    free = from + Math.min(bytes * 1_000_000_000L / bytesPerSecond, 1_000_000_000L);
    return from - now;
  }

  private long read() throws IOException {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return 0; // also while the test is writing it
    }
  }
}
