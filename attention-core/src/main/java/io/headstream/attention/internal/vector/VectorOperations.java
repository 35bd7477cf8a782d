package io.headstream.attention.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Shows the JVM all operations of the kernels before it compiles any.
 *
 * <p>Every operation goes through a few methods of the Vector API that look up what it does. If
 * projections alone have run until C2 takes these up, it expects their one operation for ever, by a
 * class check; those that come later fail it. C2 remembers that and adds it up over all operations
 * in a method: from 100 on it checks no more, so that a loop of many multiply-adds has objects for
 * vectors, for good, in some JVMs and not in others. {@code -XX:+LogCompilation} has it as {@code
 * observe trap='class_check'}.
 */
final class VectorOperations {
  /** As often as it takes until the JVM keeps a profile of those methods, and some more. */
  private static final int TIMES = 500;

  private VectorOperations() {}

  /** Takes a tenth of a second. */
  static void profile(VectorSpecies<Float> species) {
    float[] numbers = new float[species.length()];
    for (int n = 0; n < TIMES; n++) {
      useAll(species, numbers);
    }
  }

  private static void useAll(VectorSpecies<Float> species, float[] numbers) {
    FloatVector x = FloatVector.fromArray(species, numbers, 0);
    FloatVector one = FloatVector.broadcast(species, 1);
    IntVector bits = x.fma(one, x).add(x).sub(x).mul(one).div(one).reinterpretAsInts();
    IntVector whole = bits.add(1).and(1).or(bits).min(1).max(bits);
    IntVector shifted =
        whole
            .lanewise(VectorOperators.XOR, bits)
            .lanewise(VectorOperators.LSHL, 1)
            .lanewise(VectorOperators.ASHR, 1);
    shifted.reinterpretAsFloats().intoArray(numbers, 0);
    numbers[0] +=
        shifted.reduceLanes(VectorOperators.OR)
            + shifted.reduceLanes(VectorOperators.MIN)
            + shifted.reduceLanes(VectorOperators.MAX);
  }
}
