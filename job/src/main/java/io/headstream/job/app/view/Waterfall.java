package io.headstream.job.app.view;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The latest tokens of one sequence that was answered token by token: a row for each token, a
 * column for each key that one of them saw.
 */
final class Waterfall {
  /** More rows than that nobody can tell apart. */
  static final int MOST_ROWS = 1024;

  private final String id;
  private final Map<Integer, TreeMap<Integer, WeightsRecord>> heads = new TreeMap<>();
  private int mostRows = MOST_ROWS;
  private long weights;

  Waterfall(String id) {
    this.id = id;
  }

  /** How many weights it holds. */
  long weights() {
    return weights;
  }

  /** How many records it holds. */
  int records() {
    return heads.values().stream().mapToInt(Map::size).sum();
  }

  /**
   * Takes a record in. Of a position that comes again, because its ID is used again, the last one
   * is shown.
   *
   * @return how many records of earlier tokens had to go
   */
  int add(WeightsRecord record) {
    TreeMap<Integer, WeightsRecord> rows =
        heads.computeIfAbsent(record.head(), head -> new TreeMap<>());
    WeightsRecord before = rows.put(record.position(), record);
    weights += record.weights().length - (before == null ? 0 : before.weights().length);
    return keepLatest(rows);
  }

  /**
   * Lets go of the earlier half of its tokens, the same of all heads.
   *
   * @return how many records that were
   */
  int halve() {
    int longest = heads.values().stream().mapToInt(Map::size).max().orElse(0);
    mostRows = Math.max(1, longest / 2);
    return heads.values().stream().mapToInt(this::keepLatest).sum();
  }

  private int keepLatest(TreeMap<Integer, WeightsRecord> rows) {
    int dropped = 0;
    for (; rows.size() > mostRows; dropped++) {
      weights -= rows.pollFirstEntry().getValue().weights().length;
    }
    return dropped;
  }

  /** How many cells its matrices have. */
  long cells() {
    return (long) heads.size() * queries().size() * keys().size();
  }

  /** The matrices; 0 where a token could not look. */
  SequenceWeights matrices() {
    int[] rows = positions(queries());
    int[] columns = positions(keys());
    Map<Integer, Integer> column = new HashMap<>();
    for (int position : columns) {
      column.put(position, column.size());
    }
    SequenceWeights sequence = new SequenceWeights(id, rows, columns, List.of(), true);
    heads.forEach(
        (head, ofHead) -> {
          float[] matrix = new float[rows.length * columns.length];
          for (int row = 0; row < rows.length; row++) {
            WeightsRecord record = ofHead.get(rows[row]);
            for (int n = 0; record != null && n < record.keys().length; n++) {
              matrix[row * columns.length + column.get(record.keys()[n])] = record.weights()[n];
            }
          }
          sequence.add(new HeadWeights(head, matrix));
        });
    return sequence;
  }

  /** The latest tokens of any head, of which another head may have fewer. */
  private NavigableSet<Integer> queries() {
    TreeSet<Integer> queries = new TreeSet<>();
    heads.values().forEach(rows -> queries.addAll(rows.keySet()));
    while (queries.size() > mostRows) {
      queries.pollFirst();
    }
    return queries;
  }

  private NavigableSet<Integer> keys() {
    NavigableSet<Integer> queries = queries();
    TreeSet<Integer> keys = new TreeSet<>();
    for (TreeMap<Integer, WeightsRecord> rows : heads.values()) {
      for (WeightsRecord row : rows.tailMap(queries.first(), true).values()) {
        for (int key : row.keys()) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  private static int[] positions(NavigableSet<Integer> positions) {
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }
}
