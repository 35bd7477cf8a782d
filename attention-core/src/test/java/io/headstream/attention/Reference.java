package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import java.util.SplittableRandom;
import java.util.function.IntBinaryOperator;

/** The formulas of the paper in double precision, written as they are printed. */
public final class Reference {
  private Reference() {}

  /** {@code softmax(q·kᵀ·scale + mask)·v} of one head; sees is 1 where a query may attend. */
  public static double[] attention(
      float[] q,
      float[] k,
      float[] v,
      int queries,
      int keys,
      int dim,
      double scale,
      IntBinaryOperator sees) {
    double[] out = new double[queries * dim];
    for (int i = 0; i < queries; i++) {
      double[] scores = new double[keys];
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < keys; j++) {
        scores[j] = Double.NEGATIVE_INFINITY;
        if (sees.applyAsInt(i, j) == 1) {
          scores[j] = dot(q, i * dim, k, j * dim, dim) * scale;
          max = Math.max(max, scores[j]);
        }
      }
      if (max == Double.NEGATIVE_INFINITY) {
        continue;
      }
      double sum = 0;
      for (int j = 0; j < keys; j++) {
        scores[j] = Math.exp(scores[j] - max);
        sum += scores[j];
      }
      for (int j = 0; j < keys; j++) {
        for (int c = 0; c < dim; c++) {
          out[i * dim + c] += scores[j] / sum * v[j * dim + c];
        }
      }
    }
    return out;
  }

  /** Multi-head self-attention of one sequence. */
  public static double[] multiHead(
      AttentionParameters w, float[] x, int length, IntBinaryOperator sees) {
    int e = w.modelDim();
    int dim = w.headDim();
    int kvRows = w.keyValueHeads() * dim;
    double[] weights = headWeights(w, x, length, sees);
    double[] v = linear(x, w.valueWeight(), w.valueBias(), length, kvRows, e);
    double[] concatenated = new double[length * e];
    for (int h = 0; h < w.heads(); h++) {
      int kv = h / (w.heads() / w.keyValueHeads());
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          for (int c = 0; c < dim; c++) {
            concatenated[i * e + h * dim + c] +=
                weights[(h * length + i) * length + j] * v[j * kvRows + kv * dim + c];
          }
        }
      }
    }
    double[] out = new double[length * e];
    for (int i = 0; i < length; i++) {
      for (int o = 0; o < e; o++) {
        double y = w.outputBias() == null ? 0 : w.outputBias()[o];
        for (int c = 0; c < e; c++) {
          y += concatenated[i * e + c] * w.outputWeight()[o * e + c];
        }
        out[i * e + o] = y;
      }
    }
    return out;
  }

  /** The attention weights of one sequence, {@code [heads, length, length]}. */
  public static double[] headWeights(
      AttentionParameters w, float[] x, int length, IntBinaryOperator sees) {
    int e = w.modelDim();
    int dim = w.headDim();
    int kvRows = w.keyValueHeads() * dim;
    double[] q = linear(x, w.queryWeight(), w.queryBias(), length, e, e);
    double[] k = linear(x, w.keyWeight(), w.keyBias(), length, kvRows, e);
    double[] weights = new double[w.heads() * length * length];
    for (int h = 0; h < w.heads(); h++) {
      int kv = h / (w.heads() / w.keyValueHeads());
      for (int i = 0; i < length; i++) {
        double[] row = new double[length];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < length; j++) {
          row[j] = Double.NEGATIVE_INFINITY;
          if (sees.applyAsInt(i, j) == 1) {
            double score = 0;
            for (int c = 0; c < dim; c++) {
              score += q[i * e + h * dim + c] * k[j * kvRows + kv * dim + c];
            }
            row[j] = score / Math.sqrt(dim);
            max = Math.max(max, row[j]);
          }
        }
        double sum = 0;
        for (int j = 0; j < length; j++) {
          row[j] = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(row[j] - max);
          sum += row[j];
        }
        for (int j = 0; j < length && sum > 0; j++) {
          weights[(h * length + i) * length + j] = row[j] / sum;
        }
      }
    }
    return weights;
  }

  public static float[] uniform(SplittableRandom random, int length, double bound) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
    }
    return values;
  }

  private static double[] linear(
      float[] x, float[] w, float[] b, int rows, int outputs, int inputs) {
    double[] y = new double[rows * outputs];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < outputs; o++) {
        y[r * outputs + o] = dot(x, r * inputs, w, o * inputs, inputs) + (b == null ? 0 : b[o]);
      }
    }
    return y;
  }

  private static double dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    double sum = 0;
    for (int c = 0; c < length; c++) {
      sum += (double) a[aOffset + c] * b[bOffset + c];
    }
    return sum;
  }

  /** Attention of the cache's shape. */
  static ScaledDotProductAttention over(KeyValueCache cache, int heads) {
    return new ScaledDotProductAttention(
        heads, cache.keyValueHeads(), cache.headDim(), cache.valueDim());
  }
}
