package io.headstream.benchmarks.cases;

import java.util.Arrays;

/**
 * The times of one case: samples of at least 2 ms, each of as many calls as that takes, and rounds
 * over all cases in turn, so that a slow spell of the machine hits all of them. As the peers do it.
 */
final class Timing {
  private static final double SAMPLE_MILLIS = 2;

  private final Work work;
  private int calls; // a sample's
  private double[] samples; // milliseconds a call
  private int taken;

  Timing(Work work) {
    this.work = work;
  }

  /** Runs for a while, then settles how many samples of how many calls the time allows. */
  void warmUp(double warmUpSeconds, double seconds) {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + (long) (warmUpSeconds * 1e9);
    for (int call = 0; call < 3 || System.nanoTime() < end; call++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e6);
    }
    calls = (int) Math.max(1, Math.min(1000, Math.ceil(SAMPLE_MILLIS / best)));
    samples = new double[(int) Math.max(5, Math.min(400, seconds * 1000 / (best * calls)))];
  }

  int samples() {
    return samples.length;
  }

  /** Takes the sample of a round, if this case has its turn in it. */
  void round(int round, int rounds) {
    long before = (long) round * samples.length / rounds;
    long after = (round + 1L) * samples.length / rounds;
    if (before == after) {
      return;
    }
    long start = System.nanoTime();
    for (int call = 0; call < calls; call++) {
      work.run();
    }
    samples[taken++] = (System.nanoTime() - start) / 1e6 / calls;
  }

  double medianMillis() {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  double minMillis() {
    return Arrays.stream(samples).min().orElseThrow();
  }
}
