package io.headstream.job;

import java.util.Locale;

/**
 * What fanning the heads out costs and gains, by a model of compute, bytes and records, and the
 * number of head groups that follows from it: {@code --head-groups auto}.
 *
 * <p>Whether many sequences are under way at once or one is alone is not known before they come.
 * Many keep all slots busy anyway, and each group only adds work: its copy of the tokens, and
 * records. One that is alone is answered sooner by several slots. So the model takes the groups
 * with which a lone sequence is answered soonest, among those that add at most an eighth to the
 * work of many, or a tenth token by token.
 *
 * <p>The constants are nanoseconds of one AVX-512 core, measured by {@code benchmarks/job --modes
 * sequence,token --head-groups 1,2,4 --parallelism 1}. Where computing is slower, fanning out costs
 * relatively less than assumed here.
 */
public final class HeadGroupCost {
  /** What a sequence is expected to be where nobody says how long sequences may be. */
  public static final int EXPECTED_LENGTH = 512;

  /** Of products over whole sequences: 104 GFLOP/s. */
  private static final double NANOS_PER_FLOP = 1 / 104.0;

  /** Of a product with a single row, which reads all weights for it: 30 GFLOP/s. */
  private static final double NANOS_PER_ROW_FLOP = 1 / 30.0;

  /** Of one query against keys and values in memory: 10 GFLOP/s. */
  private static final double NANOS_PER_CACHE_FLOP = 1 / 10.0;

  /** Written by one task, read by another. */
  private static final double NANOS_PER_BYTE = 0.75;

  private static final double NANOS_PER_RECORD = 6_000;

  /** Of bytes and records, what a sequence that is alone waits for on one thread. */
  private static final double SERIAL_SHARE = 0.5;

  private static final double MOST_WORK = 1.125;

  /** Less, since nobody knows whether there is a second slot that gains. */
  private static final double MOST_WORK_BY_TOKEN = 1.1;

  /** Of the slots in token mode, which may change between two savepoints: as few as can gain. */
  private static final int SLOTS_BY_TOKEN = 2;

  /** A gain that nobody would notice is not worth an exchange. */
  private static final double LEAST_GAIN = 0.9;

  private final AttentionSettings settings;
  private final int length;
  private final int slots;

  private HeadGroupCost(AttentionSettings settings, int length, int slots) {
    this.settings = settings;
    this.length = length;
    this.slots = settings.tokenMode() ? SLOTS_BY_TOKEN : slots;
  }

  /**
   * A choice and the sentence that says why.
   *
   * @param groups head groups; divides the key/value heads
   */
  record Choice(int groups, String why) {}

  /**
   * The number of head groups for a layer.
   *
   * @param settings of the layer; their own head groups do not count
   * @param length tokens that a sequence, or the context of a token, is expected to have
   * @param slots on how many the job runs; without effect in token mode, where state is kept by
   *     group and goes on at any parallelism
   */
  static Choice choose(AttentionSettings settings, int length, int slots) {
    HeadGroupCost cost = new HeadGroupCost(settings, length, slots);
    int best = 1;
    for (int groups = 2; groups <= Math.min(cost.slots, settings.keyValueHeads()); groups++) {
      if (settings.keyValueHeads() % groups == 0
          && cost.addedWork(groups) <= cost.mostWork()
          && cost.latencyNanos(groups) < cost.latencyNanos(best)) {
        best = groups;
      }
    }
    if (cost.latencyNanos(best) > LEAST_GAIN * cost.latencyNanos(1)) {
      best = 1;
    }
    return new Choice(best, cost.why(best));
  }

  private String why(int groups) {
    String what =
        "%s of %d tokens, model-dim %d, %s"
            .formatted(
                settings.tokenMode() ? "contexts" : "sequences",
                length,
                settings.modelDim(),
                settings.tokenMode() ? "any parallelism" : slots + " slots");
    int candidate = groups == 1 ? nextCandidate() : groups;
    if (candidate == 1) {
      return "1 head group for %s: there is nothing to divide".formatted(what);
    }
    return String.format(
        Locale.ROOT,
        "%d head group%s for %s: with %d, a sequence that is alone is answered in %.2f of the time,"
            + " and many take %.2f times the work (at most %.3f are accepted)",
        groups,
        groups == 1 ? "" : "s",
        what,
        candidate,
        latencyNanos(candidate) / latencyNanos(1),
        addedWork(candidate),
        mostWork());
  }

  /** The smallest number above 1 that would be possible. */
  private int nextCandidate() {
    for (int groups = 2; groups <= Math.min(slots, settings.keyValueHeads()); groups++) {
      if (settings.keyValueHeads() % groups == 0) {
        return groups;
      }
    }
    return 1;
  }

  private double mostWork() {
    return settings.tokenMode() ? MOST_WORK_BY_TOKEN : MOST_WORK;
  }

  /** The work of all threads for one sequence, as a multiple of that without a fan-out. */
  private double addedWork(int groups) {
    double compute = headNanos() + outputNanos();
    return (compute + exchangeNanos(groups)) / compute;
  }

  /** From the end of a sequence to its answers, where nothing else is under way. */
  private double latencyNanos(int groups) {
    double rounds = Math.ceil((double) groups / slots); // of groups that share a slot
    return headNanos() * rounds / groups
        + outputNanos()
        + (groups == 1 ? 0 : SERIAL_SHARE * exchangeNanos(groups));
  }

  /** Projections and attention, which the groups divide between them. */
  private double headNanos() {
    double d = settings.modelDim();
    double projections = 2 * d * d * (1 + 2.0 * settings.keyValueHeads() / settings.heads());
    double keys = Math.min(length, settings.window() + 1.0 + settings.sinks());
    if (settings.tokenMode()) {
      return projections * NANOS_PER_ROW_FLOP + 4 * d * keys * NANOS_PER_CACHE_FLOP;
    }
    double seen = settings.causal() && keys >= length ? length / 2.0 : keys;
    return length * (projections + 4 * d * seen) * NANOS_PER_FLOP;
  }

  /** W_o, behind the gather. */
  private double outputNanos() {
    double d = settings.modelDim();
    return settings.tokenMode()
        ? 2 * d * d * NANOS_PER_ROW_FLOP
        : length * 2 * d * d * NANOS_PER_FLOP;
  }

  /** The tokens to each group and to the gather, and there all columns together. */
  private double exchangeNanos(int groups) {
    double rows = settings.tokenMode() ? 1 : length;
    double bytes = rows * Float.BYTES * settings.modelDim() * (groups + 2.0);
    return bytes * NANOS_PER_BYTE + (2 * groups + 1) * NANOS_PER_RECORD;
  }
}
