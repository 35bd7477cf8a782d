package io.headstream.benchmarks.cases;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fastest of all rounds, for each case and everyone who computed it. */
final class Minima {
  private final Map<List<Object>, Measured> fastest = new LinkedHashMap<>();

  void add(Measured measured) {
    fastest.merge(
        List.of(measured.of(), measured.threads(), measured.peer()),
        measured,
        (one, other) -> one.minMillis() <= other.minMillis() ? one : other);
  }

  Optional<Measured> ours(Case of, int threads) {
    return all(of, threads).stream().filter(Measured::isOurs).findFirst();
  }

  Optional<Measured> bestPeer(Case of, int threads) {
    return all(of, threads).stream()
        .filter(measured -> !measured.isOurs())
        .min(Comparator.comparingDouble(Measured::minMillis));
  }

  private List<Measured> all(Case of, int threads) {
    return fastest.values().stream()
        .filter(measured -> measured.of().equals(of) && measured.threads() == threads)
        .toList();
  }

  /** {@return the fastest multiply-adds of one core, in operations a second} */
  double peak() {
    return fastest.values().stream()
        .filter(measured -> measured.of().op().equals("peak"))
        .mapToDouble(measured -> measured.of().operations() / measured.minMillis() * 1e3)
        .max()
        .orElse(Double.NaN);
  }

  /** {@return the cases and threads that we measured, in the order in which they came} */
  List<Measured> ours() {
    return fastest.values().stream()
        .filter(measured -> measured.isOurs() && !measured.of().op().equals("peak"))
        .toList();
  }
}
