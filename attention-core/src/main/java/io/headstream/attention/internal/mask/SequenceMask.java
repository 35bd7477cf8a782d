package io.headstream.attention.internal.mask;

import java.util.Arrays;

/**
 * Who may attend to whom in one member of a batch, and what is added to its scores: constraints
 * that all hold, over one sequence or several that are packed into it. Immutable.
 */
public final class SequenceMask {
  static final SequenceMask NONE = new SequenceMask(new MaskConstraint[0], new ScoreBias[0], null);

  private final MaskConstraint[] constraints;
  private final ScoreBias[] biases; // those of the constraints that add something
  private final PackedSequences packed; // or null

  private SequenceMask(MaskConstraint[] constraints, ScoreBias[] biases, PackedSequences packed) {
    this.constraints = constraints;
    this.biases = biases;
    this.packed = packed;
  }

  static SequenceMask of(MaskConstraint constraint) {
    ScoreBias[] biases =
        constraint instanceof ScoreBias bias ? new ScoreBias[] {bias} : NONE.biases;
    return new SequenceMask(new MaskConstraint[] {constraint}, biases, null);
  }

  static SequenceMask of(PackedSequences packed) {
    return new SequenceMask(NONE.constraints, NONE.biases, packed);
  }

  /** The same with other places for the queries of its windows. */
  SequenceMask withWindowsMoved(int offset, boolean bottomRight) {
    MaskConstraint[] moved = constraints.clone();
    for (int n = 0; n < moved.length; n++) {
      if (moved[n] instanceof SlidingWindow window) {
        moved[n] = window.movedTo(offset, bottomRight);
      }
    }
    return new SequenceMask(moved, biases, packed);
  }

  SequenceMask and(SequenceMask other) {
    return new SequenceMask(
        joined(constraints, other.constraints),
        joined(biases, other.biases),
        joined(packed, other.packed));
  }

  private static <T> T[] joined(T[] first, T[] second) {
    T[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static PackedSequences joined(PackedSequences first, PackedSequences second) {
    if (first != null && second != null && !first.sameAs(second)) {
      throw new IllegalArgumentException("both masks are packed, and into other documents");
    }
    return first != null ? first : second;
  }

  /** How the sequence is packed, or null if it is not. */
  public PackedSequences packed() {
    return packed;
  }

  /** How many sequences there are in it. */
  int sequences() {
    return packed == null ? 1 : packed.count();
  }

  /** Whether query {@code i} may attend to key {@code j}, of the first member and head. */
  boolean mayAttend(int i, int j) {
    ScoreRegion region = new ScoreRegion();
    region.firstQuery = i;
    region.firstKey = j;
    region.queries = 1;
    region.keys = 1;
    region.queryPosition = i;
    region.keyPosition = j;
    if (packed != null) {
      int d = PackedSequences.at(packed.queryOffsets(), i);
      if (d != PackedSequences.at(packed.keyOffsets(), j)) {
        return false;
      }
      region.queryPosition -= packed.queryOffsets()[d];
      region.keyPosition -= packed.keyOffsets()[d];
    }
    return mayAttend(region, 0, 0);
  }

  /** Whether query {@code i} of a region may attend to its key {@code j}. */
  public boolean mayAttend(ScoreRegion region, int i, int j) {
    for (MaskConstraint constraint : constraints) {
      if (!constraint.mayAttend(region, i, j)) {
        return false;
      }
    }
    return true;
  }

  /** See {@link MaskConstraint#end}. */
  public int end(ScoreRegion region, int i) {
    int end = region.keys;
    for (MaskConstraint constraint : constraints) {
      end = Math.min(end, constraint.end(region, i));
    }
    return end;
  }

  /** See {@link MaskConstraint#coverage}. */
  public Coverage coverage(ScoreRegion region) {
    Coverage coverage = Coverage.ALL;
    for (MaskConstraint constraint : constraints) {
      Coverage one = constraint.coverage(region);
      if (one == Coverage.NONE) {
        return one;
      }
      if (one == Coverage.SOME) {
        coverage = one;
      }
    }
    return coverage;
  }

  /** Adds the biases, then makes minus infinity of what is hidden, whatever it was. */
  public void apply(ScoreRegion region, ScoreBlock scores, Coverage coverage) {
    for (ScoreBias bias : biases) {
      bias.add(region, scores);
    }
    if (coverage != Coverage.ALL) {
      for (MaskConstraint constraint : constraints) {
        constraint.hide(region, scores);
      }
    }
  }

  void check(int batch, int heads, int queryLength, int keyLength) {
    for (MaskConstraint constraint : constraints) {
      constraint.check(batch, heads, queryLength, keyLength);
    }
    if (packed != null) {
      packed.check(queryLength, keyLength);
    }
  }
}
