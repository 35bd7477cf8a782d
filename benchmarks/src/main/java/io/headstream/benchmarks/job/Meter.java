package io.headstream.benchmarks.job;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a job in this JVM does: how many sequences went through and how long each was on its way.
 * One job at a time; the next one begins with {@link #begin}.
 */
final class Meter {
  /** As many sequences on their way as the job takes. */
  static final int UNLIMITED = 0;

  private static final int KEPT = 1 << 16; // latencies, the newest

  private static final LongAdder SEQUENCES = new LongAdder();
  private static final LongAdder TOKENS = new LongAdder();
  private static final AtomicInteger LATENCIES = new AtomicInteger();
  private static final long[] NANOS = new long[KEPT];

  private static volatile AtomicLongArray sent; // nanoTime by number of the sequence
  private static volatile Semaphore inFlight;

  private Meter() {}

  /**
   * Forgets what was.
   *
   * @param sequences how many different ones there are
   * @param most how many may be on their way at once, or {@link #UNLIMITED}
   */
  static void begin(int sequences, int most) {
    SEQUENCES.reset();
    TOKENS.reset();
    sent = new AtomicLongArray(sequences);
    inFlight = most == UNLIMITED ? null : new Semaphore(most);
    beginWindow();
  }

  /** Forgets latencies. */
  static void beginWindow() {
    LATENCIES.set(0);
  }

  /** A sequence, or its first token, leaves the source. */
  static void send(int number) {
    Semaphore permits = inFlight;
    if (permits != null) {
      permits.acquireUninterruptibly();
    }
    sent.set(number, System.nanoTime());
  }

  /** The answer to a sequence's last token is there. */
  static void arrived(int number, int tokens) {
    int place = LATENCIES.getAndIncrement() & (KEPT - 1);
    NANOS[place] = System.nanoTime() - sent.get(number);
    SEQUENCES.increment();
    TOKENS.add(tokens);
    release(1);
  }

  /** Lets a source go on that a cancelled job would wait for. */
  static void end() {
    release(1 << 20);
  }

  private static void release(int count) {
    Semaphore permits = inFlight;
    if (permits != null) {
      permits.release(count);
    }
  }

  static long sequences() {
    return SEQUENCES.sum();
  }

  static long tokens() {
    return TOKENS.sum();
  }

  /** A percentile of the latencies, in milliseconds. */
  static double latencyMillis(double percentile) {
    int count = Math.min(LATENCIES.get(), KEPT);
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(NANOS, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, percentile * count)] / 1e6;
  }
}
