package io.headstream.transformer.rows.vector;

import static io.headstream.transformer.rows.vector.Lanes.LANES;
import static io.headstream.transformer.rows.vector.Lanes.SPECIES;
import static io.headstream.transformer.rows.vector.VectorTail.constant;

import io.headstream.attention.internal.kernel.Tanh;
import io.headstream.transformer.rows.kernel.Tail;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The activations of whole vectors: {@code i = 0, LANES, ... < end}. */
final class VectorActivations {
  private static final int NORMAL_END = Float.floatToRawIntBits(Tail.NORMAL_END);
  private static final int TANH_END = Float.floatToRawIntBits(Tail.TANH_END);
  private static final int QUICK_END = Float.floatToRawIntBits(Tail.QUICK_END);
  private static final int LOGISTIC_END = Float.floatToRawIntBits(Tail.LOGISTIC_END);

  private VectorActivations() {}

  static void relu(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      VectorTail.relu(FloatVector.fromArray(SPECIES, x, xOffset + i)).intoArray(y, yOffset + i);
    }
  }

  static void gelu(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector t = VectorTail.magnitude(of, NORMAL_END);
      t.fma(VectorTail.minusNormal(t), VectorTail.relu(of)).intoArray(y, yOffset + i);
    }
  }

  static void geluTanh(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector t = VectorTail.magnitude(of, TANH_END);
      FloatVector cubic =
          t.mul(constant(Tail.TANH_CUBIC).fma(t.mul(t), constant(Tail.TANH_LINEAR)));
      t.fma(VectorTail.minusLogistic(cubic), VectorTail.relu(of)).intoArray(y, yOffset + i);
    }
  }

  static void quickGelu(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector t = VectorTail.magnitude(of, QUICK_END);
      t.fma(VectorTail.minusLogistic(t.mul(constant(Tail.QUICK))), VectorTail.relu(of))
          .intoArray(y, yOffset + i);
    }
  }

  static void silu(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector t = VectorTail.magnitude(of, LOGISTIC_END);
      t.fma(VectorTail.minusLogistic(t), VectorTail.relu(of)).intoArray(y, yOffset + i);
    }
  }

  static void sigmoid(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector minusExp = VectorTail.minusExp(VectorTail.magnitude(of, LOGISTIC_END));
      FloatVector one = constant(1f);
      // NaN is neither below nor above, and stays.
      of.blend(constant(0f).sub(minusExp), of.compare(VectorOperators.LT, 0f))
          .blend(one, of.compare(VectorOperators.GE, 0f))
          .div(one.sub(minusExp))
          .intoArray(y, yOffset + i);
    }
  }

  static void tanh(int end, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < end; i += LANES) {
      FloatVector of = FloatVector.fromArray(SPECIES, x, xOffset + i);
      FloatVector z = of.mul(of);
      FloatVector p =
          constant(Tanh.C5)
              .fma(z, constant(Tanh.C4))
              .fma(z, constant(Tanh.C3))
              .fma(z, constant(Tanh.C2))
              .fma(z, constant(Tanh.C1))
              .fma(z, constant(Tanh.C0));
      FloatVector small = of.mul(z).fma(p, of);
      FloatVector twice = of.add(of);
      FloatVector minusExp = VectorTail.minusExp(VectorTail.magnitude(twice, LOGISTIC_END));
      FloatVector one = constant(1f);
      FloatVector large =
          one.add(minusExp)
              .div(one.sub(minusExp))
              .reinterpretAsInts()
              .or(of.reinterpretAsInts().and(Integer.MIN_VALUE))
              .reinterpretAsFloats();
      FloatVector magnitude = of.reinterpretAsInts().and(Integer.MAX_VALUE).reinterpretAsFloats();
      // NaN is not above, and stays in the polynomial.
      small
          .blend(large, magnitude.compare(VectorOperators.GT, Tanh.POLYNOMIAL_UP_TO))
          .intoArray(y, yOffset + i);
    }
  }
}
