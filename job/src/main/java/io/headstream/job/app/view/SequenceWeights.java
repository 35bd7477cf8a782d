package io.headstream.job.app.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The attention weights of one sequence, a matrix for each head: a row for each query, a column for
 * each key.
 */
final class SequenceWeights {
  private final String id;
  private final int[] rows;
  private final int[] columns;
  private final List<String> labels;
  private final boolean waterfall;
  private final List<HeadWeights> heads = new ArrayList<>();

  /**
   * A sequence without heads yet.
   *
   * @param rows positions of the queries
   * @param columns positions of the keys
   * @param labels of all positions, null for one without; empty if there are none
   * @param waterfall whether the tokens were answered one by one
   */
  SequenceWeights(String id, int[] rows, int[] columns, List<String> labels, boolean waterfall) {
    this.id = id;
    this.rows = rows;
    this.columns = columns;
    this.labels = labels;
    this.waterfall = waterfall;
  }

  String id() {
    return id;
  }

  int[] rows() {
    return rows;
  }

  int[] columns() {
    return columns;
  }

  List<String> labels() {
    return labels;
  }

  boolean waterfall() {
    return waterfall;
  }

  /** In order of their numbers. */
  List<HeadWeights> heads() {
    return heads;
  }

  boolean hasHead(int head) {
    return heads.stream().anyMatch(h -> h.head() == head);
  }

  void add(HeadWeights head) {
    heads.add(head);
    heads.sort(Comparator.comparingInt(HeadWeights::head));
  }

  /** What stands beside a query or key: its label, or else its position. */
  String name(int position) {
    String label = position < labels.size() ? labels.get(position) : null;
    return label == null ? String.valueOf(position) : label;
  }

  /** The largest weight of all heads; 0 if there is none that is finite. */
  float largest() {
    float largest = 0;
    for (HeadWeights head : heads) {
      for (float weight : head.weights()) {
        largest = weight > largest ? weight : largest;
      }
    }
    return largest;
  }

  /** Whether a record says the same of everything but the head. */
  boolean fits(String otherId, int length, List<String> otherLabels) {
    return !waterfall && id.equals(otherId) && rows.length == length && labels.equals(otherLabels);
  }

  @Override
  public String toString() {
    return id + " " + Arrays.toString(rows);
  }
}
