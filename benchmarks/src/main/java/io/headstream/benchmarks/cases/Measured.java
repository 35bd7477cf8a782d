package io.headstream.benchmarks.cases;

import java.util.Optional;

/**
 * One line of {@code benchmarks/run} or of the peers.
 *
 * @param peer who computed
 * @param version of whom, or with which kernel
 * @param of what was computed
 * @param threads on how many threads
 * @param minMillis the fastest sample, in milliseconds a call
 */
record Measured(String peer, String version, Case of, int threads, double minMillis) {
  static final String HEADSTREAM = "headstream";

  /** The measurement of a line, or nothing if it is some other line. */
  static Optional<Measured> parse(String line) {
    String[] field = line.split(",");
    if (field.length != 11 || !field[7].matches("true|false")) {
      return Optional.empty();
    }
    Case of =
        new Case(
            field[2],
            Integer.parseInt(field[3]),
            Integer.parseInt(field[4]),
            Integer.parseInt(field[5]),
            Integer.parseInt(field[6]),
            Boolean.parseBoolean(field[7]));
    return Optional.of(
        new Measured(
            field[0], field[1], of, Integer.parseInt(field[8]), Double.parseDouble(field[10])));
  }

  boolean isOurs() {
    return peer.equals(HEADSTREAM);
  }
}
