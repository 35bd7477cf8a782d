package io.headstream.job.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sequences whose attention weights were read, each with all its heads, in order of their IDs.
 *
 * <p>Holds at most {@value #MOST_WEIGHTS} weights, which a browser can still hold too; what is
 * beyond is left out and counted.
 */
public final class AttentionReport {
  /** 16 million weights: 12 heads of 512 tokens five times, or 4 of 2,000 once. */
  static final int MOST_WEIGHTS = 16_000_000;

  /** The latest tokens of a sequence in token mode that are kept. */
  static final int MOST_ROWS = 1024;

  private final Map<String, List<SequenceWeights>> whole = new TreeMap<>();
  private final Map<String, Map<Integer, TreeMap<Integer, WeightsRecord>>> rows = new TreeMap<>();
  private final List<SequenceWeights> sequences = new ArrayList<>();
  private long weights;
  private int leftOut;

  AttentionReport() {}

  /** The sequences, of which none is without heads. */
  List<SequenceWeights> sequences() {
    return sequences;
  }

  /** Whether there is nothing to show. */
  public boolean isEmpty() {
    return sequences.isEmpty();
  }

  /** How many sequences there are to show. */
  public int size() {
    return sequences.size();
  }

  /** How many records were left out because there is no room for them. */
  public int leftOut() {
    return leftOut;
  }

  void add(WeightsRecord record) {
    if (record.isRow()) {
      addRow(record);
    } else {
      addWhole(record);
    }
  }

  /** An ID may have been used several times, so a record goes to the first that lacks its head. */
  private void addWhole(WeightsRecord record) {
    if (noRoomFor(record.weights().length)) {
      return;
    }
    List<SequenceWeights> sameId =
        whole.computeIfAbsent(record.sequenceId(), id -> new ArrayList<>());
    SequenceWeights sequence = null;
    for (SequenceWeights candidate : sameId) {
      if (sequence == null
          && candidate.fits(record.sequenceId(), record.length(), record.labels())
          && !candidate.hasHead(record.head())) {
        sequence = candidate;
      }
    }
    if (sequence == null) {
      int[] positions = new int[record.length()];
      for (int i = 0; i < positions.length; i++) {
        positions[i] = i;
      }
      sequence =
          new SequenceWeights(record.sequenceId(), positions, positions, record.labels(), false);
      sameId.add(sequence);
    }
    sequence.add(new HeadWeights(record.head(), record.weights()));
  }

  /** Of a position that comes again, because its ID is used again, the last one is shown. */
  private void addRow(WeightsRecord record) {
    TreeMap<Integer, WeightsRecord> ofHead =
        rows.computeIfAbsent(record.sequenceId(), id -> new TreeMap<>())
            .computeIfAbsent(record.head(), head -> new TreeMap<>());
    ofHead.put(record.position(), record);
    if (ofHead.size() > MOST_ROWS) {
      ofHead.pollFirstEntry();
    }
  }

  private boolean noRoomFor(long more) {
    if (weights + more > MOST_WEIGHTS) {
      leftOut++;
      return true;
    }
    weights += more;
    return false;
  }

  /** Puts everything in order, once all records are there. */
  void finish() {
    whole.values().forEach(sequences::addAll);
    rows.forEach(this::addWaterfall);
    sequences.sort((a, b) -> a.id().compareTo(b.id()));
  }

  private void addWaterfall(String id, Map<Integer, TreeMap<Integer, WeightsRecord>> heads) {
    TreeSet<Integer> queries = new TreeSet<>();
    heads.values().forEach(ofHead -> queries.addAll(ofHead.keySet()));
    while (queries.size() > MOST_ROWS) {
      queries.pollFirst();
    }
    TreeSet<Integer> keys = new TreeSet<>();
    for (Map<Integer, WeightsRecord> ofHead : heads.values()) {
      for (WeightsRecord row : ofHead.values()) {
        if (queries.contains(row.position())) {
          for (int key : row.keys()) {
            keys.add(key);
          }
        }
      }
    }
    long cells = (long) queries.size() * keys.size();
    if (noRoomFor(cells * heads.size())) {
      return;
    }
    int[] rowPositions = queries.stream().mapToInt(Integer::intValue).toArray();
    int[] columnPositions = keys.stream().mapToInt(Integer::intValue).toArray();
    Map<Integer, Integer> columns = new LinkedHashMap<>();
    for (int position : columnPositions) {
      columns.put(position, columns.size());
    }
    SequenceWeights sequence =
        new SequenceWeights(id, rowPositions, columnPositions, List.of(), true);
    heads.forEach(
        (head, ofHead) -> {
          float[] matrix = new float[(int) cells];
          for (int row = 0; row < rowPositions.length; row++) {
            WeightsRecord record = ofHead.get(rowPositions[row]);
            for (int n = 0; record != null && n < record.keys().length; n++) {
              matrix[row * columnPositions.length + columns.get(record.keys()[n])] =
                  record.weights()[n];
            }
          }
          sequence.add(new HeadWeights(head, matrix));
        });
    sequences.add(sequence);
  }
}
