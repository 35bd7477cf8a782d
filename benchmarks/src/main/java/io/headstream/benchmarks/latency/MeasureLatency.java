package io.headstream.benchmarks.latency;

import io.headstream.benchmarks.cases.Machine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prints how long it takes from the write of a record to its answer, by mode, head groups and
 * parallelism, when nothing else is on its way.
 *
 * <p>In sequence mode a sequence has a few tokens; the time is from the write of the last one to
 * the last answer.
 */
public final class MeasureLatency {
  private static final int WARM_UP = 100;

  private String modes = "token,sequence";
  private String headGroups = "1,4";
  private String parallelism = "1,2";
  private int records = 300;
  private final List<String> launcher = new ArrayList<>();

  private MeasureLatency(List<String> arguments) {
    int i = 0;
    for (; i < arguments.size() && !arguments.get(i).equals("--"); i += 2) {
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(arguments.get(i) + " has no value");
      }
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--mode" -> modes = value;
        case "--head-groups" -> headGroups = value;
        case "--parallelism" -> parallelism = value;
        case "--records" -> records = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("unknown option " + arguments.get(i));
      }
    }
    if (i < arguments.size()) {
      launcher.addAll(arguments.subList(i + 1, arguments.size()));
    }
  }

  /** Measures; see {@code benchmarks/latency}. */
  public static void main(String[] arguments) throws Exception {
    new MeasureLatency(List.of(arguments)).measure();
  }

  private void measure() throws Exception {
    System.out.printf(
        "%s; %d records each after %d to warm up, one each %d ms%n",
        Machine.describe(), records, WARM_UP, Pinged.PAUSE_MILLIS);
    System.out.printf(
        "./headstream --input - --mode M --model-dim %d --heads %d --head-groups G"
            + " --parallelism P %s%n%n",
        Pinged.MODEL_DIM, Pinged.HEADS, String.join(" ", launcher));
    System.out.println("| mode | head groups | parallelism | median, ms | p99, ms |");
    System.out.println("|---|---:|---:|---:|---:|");
    for (String mode : modes.split(",")) {
      for (String groups : headGroups.split(",")) {
        for (String slots : parallelism.split(",")) {
          long[] nanos = measure(mode, groups, slots);
          Arrays.sort(nanos);
          System.out.printf(
              "| %s | %s | %s | %.2f | %.2f |%n",
              mode, groups, slots, quantile(nanos, 0.5), quantile(nanos, 0.99));
        }
      }
    }
  }

  private long[] measure(String mode, String groups, String slots) throws Exception {
    List<String> options =
        new ArrayList<>(List.of("--mode", mode, "--head-groups", groups, "--parallelism", slots));
    options.addAll(launcher);
    int tokens = mode.equals("token") ? 1 : Pinged.SEQUENCE_LENGTH;
    try (Pinged headstream = new Pinged(options, tokens)) {
      for (int i = 0; i < WARM_UP; i++) {
        headstream.nanosToTheAnswer();
      }
      long[] nanos = new long[records];
      for (int i = 0; i < records; i++) {
        nanos[i] = headstream.nanosToTheAnswer();
      }
      return nanos;
    }
  }

  /** In milliseconds; the smallest value that so large a part of all does not exceed. */
  private static double quantile(long[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
  }
}
