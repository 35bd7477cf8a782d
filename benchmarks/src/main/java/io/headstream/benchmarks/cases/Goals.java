package io.headstream.benchmarks.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is wanted: how many times faster than the best peer a case is to be, and which share of the
 * machine's peak a product is to reach.
 */
final class Goals {
  static final Case PEAK = Case.parse("peak:1x1000x192000x1");

  private static final List<String> SMALL = List.of("1x16x64x4", "32x16x64x4");
  private static final List<String> ATTENTION =
      List.of(
          "1x64x256x8",
          "1x128x512x8",
          "1x512x512x8",
          "1x512x768x12",
          "1x2048x768x12",
          "1x4096x1024x16");
  private static final List<String> LAYER =
      List.of(
          "1x64x256x8",
          "32x64x256x8",
          "1x128x512x8",
          "1x512x512x8",
          "1x512x768x12",
          "1x2048x768x12");
  private static final List<String> CAUSAL_LAYER = List.of("1x512x768x12", "1x2048x768x12");
  private static final List<String> DECODE =
      List.of("1x128x768x12", "1x1024x768x12", "1x8192x768x12");
  private static final List<String> PRODUCT =
      List.of(
          "1x16x64x1",
          "32x16x64x1",
          "1x64x256x1",
          "1x16x512x1",
          "1x128x512x1",
          "1x16x768x1",
          "1x512x768x1",
          "1x2048x768x1",
          "1x4096x1024x1");

  private Goals() {}

  /** All cases that have a goal. */
  static List<Case> cases() {
    return Stream.of(
            words("sdpa", SMALL, ""),
            words("sdpa", ATTENTION, ""),
            words("sdpa", ATTENTION, "c"),
            words("mha", SMALL, ""),
            words("mha", LAYER, ""),
            words("mha", CAUSAL_LAYER, "c"),
            words("decode", DECODE, ""),
            words("gemm", PRODUCT, ""))
        .flatMap(words -> words)
        .map(Case::parse)
        .toList();
  }

  private static Stream<String> words(String op, List<String> shapes, String suffix) {
    return shapes.stream().map(shape -> op + ":" + shape + suffix);
  }

  /**
   * Widths and lengths that no vector divides, each with its neighbours that one does: {@code [odd,
   * neighbour, ...]}.
   */
  static List<List<Case>> oddWithNeighbours() {
    List<List<Case>> rows = new ArrayList<>();
    for (String op : List.of("sdpa", "mha")) {
      for (String suffix : List.of("", "c")) {
        // Twelve heads of 20 and 33 channels beside 16, 32 and 48.
        rows.add(row(op, suffix, "1x512x240x12", "1x512x192x12", "1x512x384x12"));
        rows.add(row(op, suffix, "1x512x396x12", "1x512x384x12", "1x512x576x12"));
        rows.add(row(op, suffix, "1x509x768x12", "1x512x768x12"));
        rows.add(row(op, suffix, "1x129x512x8", "1x128x512x8"));
        rows.add(row(op, suffix, "1x67x256x8", "1x64x256x8"));
      }
    }
    return rows;
  }

  private static List<Case> row(String op, String suffix, String... shapes) {
    return Stream.of(shapes).map(shape -> Case.parse(op + ":" + shape + suffix)).toList();
  }

  /**
   * The wanted ratio, or NaN where none is.
   *
   * @param kernel ours, such as {@code vector-256}
   */
  static double wanted(Case of, int threads, String kernel) {
    if (!cases().contains(of)) {
      return Double.NaN;
    }
    boolean small = of.op().equals("sdpa") || of.op().equals("mha") ? of.length() == 16 : false;
    boolean one = threads == 1;
    return switch (of.op()) {
      case "sdpa" -> small ? (one ? 2.0 : 1.5) : of.causal() ? 1.35 : 1.0;
      case "mha" -> small ? (one ? 1.3 : 1.2) : of.causal() ? 1.15 : 1.0;
      case "decode" -> of.length() == 128 ? 1.3 : 1.0;
      case "gemm" -> !one ? 0.9 : ofPeak(kernel);
      default -> Double.NaN;
    };
  }

  /** Sixteen registers leave fewer sums than thirty-two, and short vectors more loads. */
  private static double ofPeak(String kernel) {
    return switch (kernel) {
      case "vector-256" -> 0.92;
      case "vector-128" -> 0.9;
      default -> 0.95;
    };
  }
}
