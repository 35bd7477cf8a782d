package io.headstream.job.observe;

import io.headstream.job.records.AttentionMap;
import io.headstream.job.records.AttentionRow;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How healthy the attention of each head looks, as gauges {@code attention.head.HEAD.*} of the
 * sampled sequences: means over 32 queries of a sequence, in four runs evenly spread (all would
 * cost as much as to write them), and over about the last 32 sequences; of tokens that are answered
 * one by one over about the last 1,024 tokens.
 *
 * <ul>
 *   <li>{@code entropyNats}: 0 where a head sees one token alone; its exponential is among how many
 *       tokens it divides itself
 *   <li>{@code massOnFirstTokens}: share of the weights on the first four positions, where heads
 *       that have nothing to say send it
 *   <li>{@code meanDistance}: how many positions lie between a query and what it attends to
 *   <li>{@code largestWeight}: 1 where a head has collapsed onto one token
 * </ul>
 */
final class AttentionHealth {
  private static final int FIRST_TOKENS = 4;
  private static final int RUN = 8;
  private static final int SEQUENCES = 32;
  private static final int TOKENS = 1024;

  private final MetricGroup group;
  private final Counter maps;
  private final Map<Integer, Head> heads = new HashMap<>();

  AttentionHealth(MetricGroup group) {
    this.group = group;
    this.maps = group.counter("attentionMaps");
  }

  /** Takes in what one head attends to in one sequence. */
  void add(AttentionMap map) {
    Sums sums = new Sums(map.length(), key -> key);
    WeightRows.forSome(map, RUN, sums::add);
    add(map.head(), sums, SEQUENCES);
  }

  /** Takes in what one head attends to with one token. */
  void add(AttentionRow row) {
    Sums sums = new Sums(row.weights().length, row::key);
    sums.add(row.position(), row.weights(), 0);
    add(row.head(), sums, TOKENS);
  }

  private void add(int head, Sums sums, int most) {
    maps.inc();
    if (sums.rows > 0) {
      // Which heads come here depends on the keys, so a head registers when it comes first.
      heads
          .computeIfAbsent(head, h -> new Head(group.addGroup("head", h.toString())))
          .add(sums, most);
    }
  }

  /** Sums over the rows of one record. */
  private static final class Sums {
    private final int length;
    private final IntUnaryOperator positions;
    private int rows;
    private double entropy;
    private double firstTokens;
    private double distance;
    private double largest;

    Sums(int length, IntUnaryOperator positions) {
      this.length = length;
      this.positions = positions;
    }

    /** Takes the weights of one query; those that are not finite say nothing. */
    void add(int query, float[] weights, int offset) {
      double rowEntropy = 0;
      double rowFirst = 0;
      double rowDistance = 0;
      double rowLargest = 0;
      for (int j = 0; j < length; j++) {
        double weight = weights[offset + j];
        if (weight != 0) {
          int key = positions.applyAsInt(j);
          rowEntropy -= weight * Math.log(weight);
          rowFirst += key < FIRST_TOKENS ? weight : 0;
          rowDistance += weight * Math.abs(query - key);
          rowLargest = Math.max(rowLargest, weight);
        }
      }
      if (!Double.isNaN(rowDistance)) {
        rows++;
        entropy += rowEntropy;
        firstTokens += rowFirst;
        distance += rowDistance;
        largest += rowLargest;
      }
    }
  }

  /** One head's gauges. Written by the operator's thread, read by those that report. */
  private static final class Head {
    private int samples;
    private volatile double entropy;
    private volatile double firstTokens;
    private volatile double distance;
    private volatile double largest;

    Head(MetricGroup group) {
      group.gauge("entropyNats", () -> entropy);
      group.gauge("massOnFirstTokens", () -> firstTokens);
      group.gauge("meanDistance", () -> distance);
      group.gauge("largestWeight", () -> largest);
    }

    void add(Sums sums, int most) {
      samples = Math.min(samples + 1, most);
      entropy = moved(entropy, sums.entropy / sums.rows);
      firstTokens = moved(firstTokens, sums.firstTokens / sums.rows);
      distance = moved(distance, sums.distance / sums.rows);
      largest = moved(largest, sums.largest / sums.rows);
    }

    private double moved(double mean, double value) {
      return mean + (value - mean) / samples;
    }
  }
}
