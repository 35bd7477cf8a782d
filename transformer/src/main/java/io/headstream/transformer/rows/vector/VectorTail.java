package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.SPECIES;

import io.headstream.attention.internal.kernel.Exp;
import io.headstream.transformer.rows.kernel.Tail;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Tail} lane by lane, with a minus before it: that costs nothing, and fma needs it. */
final class VectorTail {
  /** Added to exponent bits before they are shifted, it becomes the sign. */
  private static final int MINUS = 1 << Float.SIZE - 1 - Exp.MANTISSA_BITS;

  private VectorTail() {}

  /** {@code |x|}, but no more than a number whose bits are these; that number for NaN. */
  static FloatVector magnitude(FloatVector x, int endBits) {
    return x.reinterpretAsInts().and(Integer.MAX_VALUE).min(endBits).reinterpretAsFloats();
  }

  /** {@code max(0, x)}; NaN stays NaN. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LT, 0f));
  }

  /** {@code -Φ(-t)}. */
  static FloatVector minusNormal(FloatVector t) {
    FloatVector p =
        constant(Tail.P11)
            .fma(t, constant(Tail.P10))
            .fma(t, constant(Tail.P9))
            .fma(t, constant(Tail.P8))
            .fma(t, constant(Tail.P7))
            .fma(t, constant(Tail.P6))
            .fma(t, constant(Tail.P5))
            .fma(t, constant(Tail.P4))
            .fma(t, constant(Tail.P3))
            .fma(t, constant(Tail.P2))
            .fma(t, constant(Tail.P1))
            .fma(t, constant(Tail.P0));
    return minusPower(p, t, Tail.HALF_BIAS);
  }

  /** {@code -1 / (1 + exp(t))}. */
  static FloatVector minusLogistic(FloatVector t) {
    FloatVector minusExp = minusExp(t);
    return minusExp.div(constant(1f).sub(minusExp));
  }

  /** {@code -exp(-t)}, {@link Exp#exp} for t from 0 to little more than where it ends. */
  static FloatVector minusExp(FloatVector t) {
    return minusPower(constant(-Exp.LOG2_E), t, Exp.EXPONENT_BIAS);
  }

  /** {@code -2^(a·t + bias - 127)}. */
  private static FloatVector minusPower(FloatVector a, FloatVector t, int bias) {
    FloatVector shifted = a.fma(t, constant(Exp.SHIFT));
    FloatVector f = a.fma(t, constant(Exp.SHIFT).sub(shifted));
    return constant(Exp.C6)
        .fma(f, constant(Exp.C5))
        .fma(f, constant(Exp.C4))
        .fma(f, constant(Exp.C3))
        .fma(f, constant(Exp.C2))
        .fma(f, constant(Exp.C1))
        .fma(f, constant(1f))
        .mul(
            shifted
                .reinterpretAsInts()
                .add(bias + MINUS)
                .lanewise(VectorOperators.LSHL, Exp.MANTISSA_BITS)
                .reinterpretAsFloats());
  }

  static FloatVector constant(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
