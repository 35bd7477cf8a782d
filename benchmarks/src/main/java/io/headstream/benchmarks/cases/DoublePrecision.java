package io.headstream.benchmarks.cases;

import io.headstream.attention.Reference;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;

/** A case in double precision, by the formulas of attention-core's tests. */
final class DoublePrecision {
  private DoublePrecision() {}

  /** The result in the layout of the {@link Case}. */
  static double[] compute(Case of, Inputs inputs) {
    return switch (of.op()) {
      case "sdpa" -> attention(of, inputs, of.length());
      case "decode" -> attention(of, inputs, 1);
      case "mha" -> layer(of, inputs);
      case "gemm" -> product(of, inputs);
      default -> throw new IllegalArgumentException("nothing to check in " + of.word());
    };
  }

  private static IntBinaryOperator sees(Case of) {
    return (i, j) -> !of.causal() || j <= i ? 1 : 0;
  }

  private static double[] attention(Case of, Inputs inputs, int queries) {
    int dim = of.headDim();
    int keys = of.length();
    double[] out = new double[of.batch() * of.heads() * queries * dim];
    for (int head = 0; head < of.batch() * of.heads(); head++) {
      double[] one =
          Reference.attention(
              part(inputs.get("q"), head, queries * dim),
              part(inputs.get("k"), head, keys * dim),
              part(inputs.get("v"), head, keys * dim),
              queries,
              keys,
              dim,
              1 / Math.sqrt(dim),
              sees(of));
      System.arraycopy(one, 0, out, head * one.length, one.length);
    }
    return out;
  }

  private static double[] layer(Case of, Inputs inputs) {
    int size = of.length() * of.modelDim();
    double[] out = new double[of.batch() * size];
    for (int member = 0; member < of.batch(); member++) {
      double[] one =
          Reference.multiHead(
              HeadstreamWork.weights(of, inputs),
              part(inputs.get("x"), member, size),
              of.length(),
              sees(of));
      System.arraycopy(one, 0, out, member * size, size);
    }
    return out;
  }

  private static double[] product(Case of, Inputs inputs) {
    int dim = of.modelDim();
    float[] x = inputs.get("x");
    float[] w = inputs.get("w");
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int row = i / dim * dim;
      int weight = i % dim * dim;
      for (int c = 0; c < dim; c++) {
        y[i] += (double) x[row + c] * w[weight + c];
      }
    }
    return y;
  }

  private static float[] part(float[] whole, int index, int size) {
    return Arrays.copyOfRange(whole, index * size, (index + 1) * size);
  }
}
