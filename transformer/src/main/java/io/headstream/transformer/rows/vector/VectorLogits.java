package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import io.headstream.transformer.rows.kernel.Tail;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What a softmax over one row does to whole vectors: {@code i = 0, LANES, ... < end}. */
final class VectorLogits {
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
  private static final int MINUS_INFINITY = Float.floatToRawIntBits(Float.NEGATIVE_INFINITY);
  private static final int END = Float.floatToRawIntBits(Tail.LOGISTIC_END);

  private VectorLogits() {}

  /** {@code y = exp(x - max)}, where no x is above the maximum or NaN. */
  static void weigh(int end, float[] x, int xOffset, float max, float[] y, int yOffset) {
    FloatVector greatest = FloatVector.broadcast(SPECIES, max);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LANES) {
      FloatVector below = greatest.sub(FloatVector.fromArray(SPECIES, x, xOffset + i));
      zero.sub(VectorTail.minusExp(VectorTail.magnitude(below, END))).intoArray(y, yOffset + i);
    }
  }

  /**
   * The largest of the numbers, NaN if one is, minus infinity where there is none.
   *
   * <p>Whole numbers are compared in their place, since a maximum of floats takes seven
   * instructions: the bits of floats from +0 on order as they do, those of floats below the other
   * way round.
   */
  static float max(int end, float[] x, int offset) {
    IntVector greatest = IntVector.broadcast(INTS, MINUS_INFINITY);
    IntVector least = greatest;
    IntVector magnitude = IntVector.zero(INTS);
    for (int i = 0; i < end; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, x, offset + i).reinterpretAsInts();
      greatest = bits.max(greatest);
      least = bits.min(least);
      magnitude = bits.and(Integer.MAX_VALUE).max(magnitude);
    }
    IntVector zero = IntVector.zero(INTS); // what comes out of a loop is an argument
    if (zero.or(magnitude).reduceLanes(VectorOperators.MAX) > INFINITY) {
      return Float.NaN;
    }
    int largest = zero.or(greatest).reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(
        largest >= 0 ? largest : zero.or(least).reduceLanes(VectorOperators.MIN));
  }
}
