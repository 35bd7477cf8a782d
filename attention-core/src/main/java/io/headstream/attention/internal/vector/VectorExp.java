package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.Exp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@code s = exp(s - max)}, {@link Exp#exp} lane by lane, for scores of which none is above its
 * lane's maximum.
 */
final class VectorExp implements SoftmaxPass {
  private static final int HIGHEST = Float.floatToRawIntBits(-Exp.LOWEST);

  @Override
  public void over(SoftmaxState of, float[] s, int from, int end) {
    if (of.special) {
      for (int i = from; i < end; i++) {
        s[i] = Exp.exp(s[i] - of.max[(i - from) % LANES]);
      }
    } else {
      weigh(s, from, end, of.max);
    }
  }

  private static void weigh(float[] s, int from, int end, float[] max) {
    for (int i = from; i < end; i += LANES) {
      // max - s is from +0 to infinity, so that its bits tell the smaller one.
      FloatVector y =
          FloatVector.fromArray(SPECIES, max, 0)
              .sub(FloatVector.fromArray(SPECIES, s, i))
              .reinterpretAsInts()
              .min(HIGHEST)
              .reinterpretAsFloats();
      FloatVector log2e = FloatVector.broadcast(SPECIES, -Exp.LOG2_E);
      FloatVector shift = FloatVector.broadcast(SPECIES, Exp.SHIFT);
      FloatVector shifted = y.fma(log2e, shift);
      FloatVector rest = y.fma(log2e, shift.sub(shifted));
      FloatVector.broadcast(SPECIES, Exp.C6)
          .fma(rest, FloatVector.broadcast(SPECIES, Exp.C5))
          .fma(rest, FloatVector.broadcast(SPECIES, Exp.C4))
          .fma(rest, FloatVector.broadcast(SPECIES, Exp.C3))
          .fma(rest, FloatVector.broadcast(SPECIES, Exp.C2))
          .fma(rest, FloatVector.broadcast(SPECIES, Exp.C1))
          .fma(rest, FloatVector.broadcast(SPECIES, 1f))
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
