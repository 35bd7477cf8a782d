package io.headstream.job.app.view;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sequences whose attention weights were read, each with all its heads, in order of their IDs.
 *
 * <p>Holds at most {@value #MOST_WEIGHTS} weights, which a browser can still hold too; what is
 * beyond is left out and counted.
 */
public final class AttentionReport {
  /** 16 million weights: 12 heads of 512 tokens five times, or 4 of 2,000 once. */
  static final int MOST_WEIGHTS = 16_000_000;

  private final Map<String, List<SequenceWeights>> whole = new TreeMap<>();
  private final Map<String, Waterfall> waterfalls = new LinkedHashMap<>(); // as they began
  private final Set<String> withoutRoom = new HashSet<>();
  private final List<SequenceWeights> sequences = new ArrayList<>();
  private long weights; // of whole sequences, and then of what is shown
  private long waterfallWeights;
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

  /** Where there is no room, sequences that began later make it, then the earlier tokens. */
  private void addRow(WeightsRecord record) {
    if (withoutRoom.contains(record.sequenceId())) {
      leftOut++;
      return;
    }
    Waterfall waterfall = waterfalls.computeIfAbsent(record.sequenceId(), Waterfall::new);
    waterfallWeights -= waterfall.weights();
    leftOut += waterfall.add(record);
    waterfallWeights += waterfall.weights();
    while (weights + waterfallWeights > MOST_WEIGHTS) {
      if (waterfalls.size() == 1) {
        waterfallWeights -= waterfall.weights();
        int dropped = waterfall.halve();
        leftOut += dropped;
        if (dropped == 0) {
          drop(record.sequenceId());
          return;
        }
        waterfallWeights += waterfall.weights();
      } else {
        String last = null;
        for (String id : waterfalls.keySet()) {
          last = id;
        }
        waterfallWeights -= waterfalls.get(last).weights();
        drop(last);
      }
    }
  }

  private void drop(String id) {
    leftOut += waterfalls.remove(id).records();
    withoutRoom.add(id);
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
    waterfalls.values().forEach(this::addWaterfall);
    sequences.sort((a, b) -> a.id().compareTo(b.id()));
  }

  /** Its matrices may have many more cells than there are weights. */
  private void addWaterfall(Waterfall waterfall) {
    while (weights + waterfall.cells() > MOST_WEIGHTS) {
      int dropped = waterfall.halve();
      leftOut += dropped;
      if (dropped == 0) {
        leftOut += waterfall.records();
        return;
      }
    }
    weights += waterfall.cells();
    sequences.add(waterfall.matrices());
  }
}
