package io.headstream.benchmarks.job;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * What a job does, in whichever processes: how many sequences went through and how long each was on
 * its way. One job at a time; the next one begins with {@link #begin}.
 */
final class Meter {
  /** As many sequences on their way as the job takes. */
  static final int UNLIMITED = 0;

  private static final int KEPT = 1 << 16; // latencies, the newest; and different sequences

  // Places on the board, each on a cache line of its own.
  private static final int SEQUENCES = 0;
  private static final int TOKENS = 8;
  private static final int LATENCIES = 16;
  private static final int ON_THEIR_WAY = 24;
  private static final int MOST = 32;
  private static final int BYTES = 40;
  private static final int SENT = 64; // nanoTime by number of the sequence
  private static final int NANOS = SENT + KEPT;

  /** How many numbers there are on the board. */
  static final int LONGS = NANOS + KEPT;

  private static final long PAUSE_NANOS = 10_000;

  private Meter() {}

  /**
   * Forgets what was.
   *
   * @param sequences how many different ones there are
   * @param most how many may be on their way at once, or {@link #UNLIMITED}
   */
  static void begin(int sequences, int most) {
    if (sequences > KEPT) {
      throw new IllegalArgumentException(
          "%d sequences, at most %d can be told apart".formatted(sequences, KEPT));
    }
    Board.set(SEQUENCES, 0);
    Board.set(TOKENS, 0);
    Board.set(ON_THEIR_WAY, 0);
    Board.set(MOST, most);
    beginWindow();
  }

  /** Forgets latencies. */
  static void beginWindow() {
    Board.set(LATENCIES, 0);
  }

  /** A sequence, or its first token, leaves the source. */
  static void send(int number) {
    while (Board.get(MOST) != UNLIMITED) {
      long now = Board.get(ON_THEIR_WAY);
      if (now < Board.get(MOST) && Board.replace(ON_THEIR_WAY, now, now + 1)) {
        break;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    Board.set(SENT + number, System.nanoTime());
  }

  /** The answer to a sequence's last token is there. */
  static void arrived(int number, int tokens) {
    int place = (int) Board.add(LATENCIES, 1) & KEPT - 1;
    Board.set(NANOS + place, System.nanoTime() - Board.get(SENT + number));
    Board.add(SEQUENCES, 1);
    Board.add(TOKENS, tokens);
    if (Board.get(MOST) != UNLIMITED) {
      Board.add(ON_THEIR_WAY, -1);
    }
  }

  /** Lets a source go on that a cancelled job would wait for. */
  static void end() {
    Board.set(MOST, UNLIMITED);
  }

  /** Tasks have written so many bytes more for other tasks. */
  static void written(long bytes) {
    Board.add(BYTES, bytes);
  }

  static long sequences() {
    return Board.get(SEQUENCES);
  }

  static long tokens() {
    return Board.get(TOKENS);
  }

  /** All that tasks have written since this JVM began; of use only as a difference. */
  static long bytes() {
    return Board.get(BYTES);
  }

  /** A percentile of the latencies, in milliseconds. */
  static double latencyMillis(double percentile) {
    int count = (int) Math.min(Board.get(LATENCIES), KEPT);
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = new long[count];
    Arrays.setAll(sorted, place -> Board.get(NANOS + place));
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, percentile * count)] / 1e6;
  }
}
