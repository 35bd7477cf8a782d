package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maxima and {@link Exp#exp} by the Vector API, for scores that are below plus infinity.
 *
 * <p>A maximum of floats takes seven instructions, one waiting for the other, so whole numbers are
 * compared in their place: the bits of floats from +0 on order as they do, those of floats below
 * the other way round. All loops are over arrays: a method that takes or returns a vector may be
 * one that C2 does not inline, and then every vector is an object.
 */
final class VectorExp {
  static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  private static final int HIGHEST = Float.floatToRawIntBits(-Exp.LOWEST);

  private VectorExp() {}

  /**
   * Raises each lane's maximum to the largest of its scores.
   *
   * @param s vectors of scores from {@code from} to {@code end}
   * @param max the maxima, {@code LANES} of them from {@code at} on
   * @return whether a maximum is plus infinity or a score NaN; then the maxima mean nothing
   */
  static boolean raise(float[] s, int from, int end, float[] max, int at) {
    IntVector greatest = FloatVector.fromArray(SPECIES, max, at).reinterpretAsInts();
    IntVector least = greatest;
    IntVector magnitude = greatest.and(Integer.MAX_VALUE);
    for (int i = from; i < end; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, s, i).reinterpretAsInts();
      greatest = greatest.max(bits);
      least = least.min(bits);
      magnitude = magnitude.max(bits.and(Integer.MAX_VALUE));
    }
    // Where all are below 0 the largest of them has the least bits.
    IntVector negative = greatest.lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
    IntVector differing = greatest.lanewise(VectorOperators.XOR, least).and(negative);
    greatest.lanewise(VectorOperators.XOR, differing).reinterpretAsFloats().intoArray(max, at);
    return magnitude.max(greatest.add(1)).reduceLanes(VectorOperators.MAX) > INFINITY;
  }

  /**
   * The largest of a maximum and some scores.
   *
   * @return NaN if a score is NaN or the maximum plus infinity
   */
  static float raised(float max, float[] s, int from, int end) {
    IntVector greatest = IntVector.broadcast(INTS, Float.floatToRawIntBits(max));
    IntVector least = greatest;
    IntVector magnitude = greatest.and(Integer.MAX_VALUE);
    for (int i = from; i < end; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, s, i).reinterpretAsInts();
      greatest = greatest.max(bits);
      least = least.min(bits);
      magnitude = magnitude.max(bits.and(Integer.MAX_VALUE));
    }
    int largest = greatest.reduceLanes(VectorOperators.MAX);
    if (largest == INFINITY || magnitude.reduceLanes(VectorOperators.MAX) > INFINITY) {
      return Float.NaN;
    }
    return Float.intBitsToFloat(largest >= 0 ? largest : least.reduceLanes(VectorOperators.MIN));
  }

  /**
   * {@code s = exp(s - max)} for vectors of scores from {@code from} to {@code end}, none of which
   * is above its lane's maximum.
   *
   * @param max the finite maxima, {@code LANES} of them from {@code at} on
   */
  static void weigh(float[] s, int from, int end, float[] max, int at) {
    FloatVector m = FloatVector.fromArray(SPECIES, max, at);
    for (int i = from; i < end; i += LANES) {
      // max - s is from +0 to infinity, so that its bits tell the smaller one.
      FloatVector y =
          m.sub(FloatVector.fromArray(SPECIES, s, i))
              .reinterpretAsInts()
              .min(HIGHEST)
              .reinterpretAsFloats();
      FloatVector shifted =
          y.fma(
              FloatVector.broadcast(SPECIES, -Exp.LOG2_E),
              FloatVector.broadcast(SPECIES, Exp.SHIFT));
      FloatVector f =
          y.fma(
              FloatVector.broadcast(SPECIES, -Exp.LOG2_E),
              FloatVector.broadcast(SPECIES, Exp.SHIFT).sub(shifted));
      FloatVector.broadcast(SPECIES, Exp.C6)
          .fma(f, FloatVector.broadcast(SPECIES, Exp.C5))
          .fma(f, FloatVector.broadcast(SPECIES, Exp.C4))
          .fma(f, FloatVector.broadcast(SPECIES, Exp.C3))
          .fma(f, FloatVector.broadcast(SPECIES, Exp.C2))
          .fma(f, FloatVector.broadcast(SPECIES, Exp.C1))
          .fma(f, FloatVector.broadcast(SPECIES, 1f))
          .mul(
              shifted
                  .reinterpretAsInts()
                  .add(Exp.EXPONENT_BIAS)
                  .lanewise(VectorOperators.LSHL, Exp.MANTISSA_BITS)
                  .reinterpretAsFloats())
          .intoArray(s, i);
    }
  }
}
