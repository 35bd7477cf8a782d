package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Turns the channels of one head by their angles. */
final class VectorTurns {
  private VectorTurns() {}

  /** Whole vectors of pairs: {@code k = 0, LANES, ... < end}. */
  static void rotate(int end, float[] turns, int turn, int half, float[] x, int offset) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int k = 0; k < end; k += LANES) {
      FloatVector cos = FloatVector.fromArray(SPECIES, turns, turn + k);
      FloatVector sin = FloatVector.fromArray(SPECIES, turns, turn + half + k);
      FloatVector near = FloatVector.fromArray(SPECIES, x, offset + k);
      FloatVector far = FloatVector.fromArray(SPECIES, x, offset + half + k);
      zero.sub(far).fma(sin, near.mul(cos)).intoArray(x, offset + k);
      near.fma(sin, far.mul(cos)).intoArray(x, offset + half + k);
    }
  }
}
