package io.headstream.benchmarks.cases;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints {@link Minima} as Markdown. */
final class VersusTable {
  private final Minima minima;
  private final PrintStream out;

  VersusTable(Minima minima, PrintStream out) {
    this.minima = minima;
    this.out = out;
  }

  /** What the numbers were measured on. */
  void machine() {
    print("%s; one core's peak: %.1f GFLOP/s", Machine.describe(), minima.peak() / 1e9);
    print("");
  }

  /**
   * Ours beside the best peer, or, a product, beside the peak at the vector width of this run. The
   * last column but one says which of the two the goal was measured against: without peers there is
   * none but for products.
   */
  void ratios() {
    print(
        "| case | threads | kernel | ours, ms | GFLOP/s | of the peak | best peer | its ms | ratio |"
            + " goal | |");
    print("|---|---:|---|---:|---:|---:|---|---:|---:|---|---|");
    for (Measured ours : minima.ours()) {
      Optional<Measured> peer = minima.bestPeer(ours.of(), ours.threads());
      boolean product = ours.of().op().equals("gemm");
      double share = rate(ours) / minima.peak() / ours.threads();
      double ratio = peer.map(best -> best.minMillis() / ours.minMillis()).orElse(Double.NaN);
      double wanted = Goals.wanted(ours.of(), ours.threads(), ours.version());
      print(
          "| `%s` | %d | %s | %.4f | %.1f | %.2f | %s | %s | %s | %s | %s |",
          ours.of().word(),
          ours.threads(),
          ours.version(),
          ours.minMillis(),
          rate(ours) / 1e9,
          share,
          peer.map(Measured::peer).orElse(""),
          peer.map(best -> String.format(Locale.ROOT, "%.4f", best.minMillis())).orElse(""),
          number(ratio),
          goal(product, peer.isPresent(), wanted),
          (product ? share : ratio) < wanted ? "short" : "");
    }
  }

  private static String goal(boolean product, boolean peer, double wanted) {
    if (Double.isNaN(wanted) || !product && !peer) {
      return "";
    }
    return number(wanted) + (product ? " of the peak" : " of the best peer");
  }

  private static String number(double number) {
    return Double.isNaN(number) ? "" : String.format(Locale.ROOT, "%.2f", number);
  }

  /** Useful operations a second of odd shapes beside those of their neighbours. */
  void odd(int threads) {
    print("| case | GFLOP/s | neighbours' mean | share | wanted | |");
    print("|---|---:|---:|---:|---:|---|");
    for (List<Case> row : Goals.oddWithNeighbours()) {
      double odd = rate(row.get(0), threads);
      double neighbours =
          row.stream().skip(1).mapToDouble(of -> rate(of, threads)).average().orElseThrow();
      double share = odd / neighbours;
      print(
          "| `%s` | %.1f | %.1f | %.2f | 0.70 | %s |",
          row.get(0).word(), odd / 1e9, neighbours / 1e9, share, share < 0.7 ? "short" : "");
    }
  }

  private double rate(Case of, int threads) {
    return minima.ours(of, threads).map(VersusTable::rate).orElse(Double.NaN);
  }

  private static double rate(Measured measured) {
    return measured.of().operations() / measured.minMillis() * 1e3;
  }

  private void print(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
