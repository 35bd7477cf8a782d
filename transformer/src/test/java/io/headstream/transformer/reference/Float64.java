package io.headstream.transformer.reference;

import java.util.function.DoubleUnaryOperator;

/** The formulas of a transformer in double precision, one loop after the other. */
public final class Float64 {
  private Float64() {}

  /** {@code y = x·Wᵀ + b} with {@code w [out, in]}; b may be null. */
  public static double[][] linear(double[][] x, float[] w, float[] b) {
    int in = x[0].length;
    int out = w.length / in;
    double[][] y = new double[x.length][out];
    for (int r = 0; r < x.length; r++) {
      for (int o = 0; o < out; o++) {
        double sum = b == null ? 0 : b[o];
        for (int i = 0; i < in; i++) {
          sum += x[r][i] * w[o * in + i];
        }
        y[r][o] = sum;
      }
    }
    return y;
  }

  /** A matrix {@code [rows, columns]} turned. */
  public static float[] transposed(float[] w, int rows, int columns) {
    float[] t = new float[w.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        t[c * rows + r] = w[r * columns + c];
      }
    }
    return t;
  }

  public static double[][] layerNorm(double[][] x, float[] w, float[] b, double eps) {
    double[][] y = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      int d = x[r].length;
      double mean = 0;
      for (double value : x[r]) {
        mean += value / d;
      }
      double variance = 0;
      for (double value : x[r]) {
        variance += (value - mean) * (value - mean) / d;
      }
      y[r] = new double[d];
      for (int c = 0; c < d; c++) {
        y[r][c] = (x[r][c] - mean) / Math.sqrt(variance + eps) * w[c] + (b == null ? 0 : b[c]);
      }
    }
    return y;
  }

  public static double[][] rmsNorm(double[][] x, float[] w, double eps) {
    double[][] y = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      double squares = 0;
      for (double value : x[r]) {
        squares += value * value / x[r].length;
      }
      y[r] = new double[x[r].length];
      for (int c = 0; c < x[r].length; c++) {
        y[r][c] = x[r][c] / Math.sqrt(squares + eps) * w[c];
      }
    }
    return y;
  }

  /** Norm of each head by itself. */
  public static double[][] headNorm(double[][] x, float[] w, double eps) {
    double[][] y = new double[x.length][x[0].length];
    int e = w.length;
    for (int r = 0; r < x.length; r++) {
      for (int h = 0; h < x[r].length / e; h++) {
        double[] head = java.util.Arrays.copyOfRange(x[r], h * e, (h + 1) * e);
        System.arraycopy(rmsNorm(new double[][] {head}, w, eps)[0], 0, y[r], h * e, e);
      }
    }
    return y;
  }

  /** Angles of a position by pair: {@code p · base^(-2k/e)}, before scaling. */
  public interface Frequencies {
    double of(int pair);
  }

  public static Frequencies frequencies(double base, int headDim) {
    return k -> Math.pow(base, -2.0 * k / headDim);
  }

  /** Turns pairs of channels: halves, or neighbours. */
  public static double[][] rotate(
      double[][] x, int headDim, Frequencies frequencies, boolean neighbours) {
    double[][] y = new double[x.length][x[0].length];
    int half = headDim / 2;
    for (int p = 0; p < x.length; p++) {
      for (int h = 0; h < x[p].length / headDim; h++) {
        for (int k = 0; k < half; k++) {
          double angle = p * frequencies.of(k);
          int a = h * headDim + (neighbours ? 2 * k : k);
          int b = h * headDim + (neighbours ? 2 * k + 1 : k + half);
          y[p][a] = x[p][a] * Math.cos(angle) - x[p][b] * Math.sin(angle);
          y[p][b] = x[p][b] * Math.cos(angle) + x[p][a] * Math.sin(angle);
        }
      }
    }
    return y;
  }

  /** Who sees whom. */
  public interface Sees {
    boolean test(int query, int key);
  }

  /** Heads beside each other; {@code group} says which key/value head a query head uses. */
  public static double[][] attention(
      double[][] q,
      double[][] k,
      double[][] v,
      int heads,
      int headDim,
      java.util.function.IntUnaryOperator group,
      double scale,
      Sees sees) {
    double[][] y = new double[q.length][heads * headDim];
    for (int h = 0; h < heads; h++) {
      int g = group.applyAsInt(h) * headDim;
      for (int i = 0; i < q.length; i++) {
        double[] score = new double[k.length];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < k.length; j++) {
          for (int c = 0; c < headDim; c++) {
            score[j] += q[i][h * headDim + c] * k[j][g + c] * scale;
          }
          score[j] = sees.test(i, j) ? score[j] : Double.NEGATIVE_INFINITY;
          max = Math.max(max, score[j]);
        }
        double sum = 0;
        for (int j = 0; j < k.length; j++) {
          score[j] = Math.exp(score[j] - max);
          sum += score[j];
        }
        for (int j = 0; j < k.length; j++) {
          for (int c = 0; c < headDim; c++) {
            y[i][h * headDim + c] += score[j] / sum * v[j][g + c];
          }
        }
      }
    }
    return y;
  }

  public static double[][] add(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < a[r].length; c++) {
        y[r][c] = a[r][c] + b[r][c];
      }
    }
    return y;
  }

  public static double[][] multiply(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int r = 0; r < a.length; r++) {
      for (int c = 0; c < a[r].length; c++) {
        y[r][c] = a[r][c] * b[r][c];
      }
    }
    return y;
  }

  public static double[][] map(double[][] x, DoubleUnaryOperator function) {
    double[][] y = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      y[r] = java.util.Arrays.stream(x[r]).map(function).toArray();
    }
    return y;
  }

  /** Columns of a matrix. */
  public static double[][] columns(double[][] x, int from, int to) {
    double[][] y = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      y[r] = java.util.Arrays.copyOfRange(x[r], from, to);
    }
    return y;
  }

  public static double[] softmax(double[] x) {
    double max = java.util.Arrays.stream(x).max().orElseThrow();
    double sum = java.util.Arrays.stream(x).map(value -> Math.exp(value - max)).sum();
    return java.util.Arrays.stream(x).map(value -> Math.exp(value - max) / sum).toArray();
  }

  public static double activation(String word, double x) {
    return switch (word) {
      case "relu" -> Math.max(0, x);
      case "gelu" -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case "gelu_new", "gelu_pytorch_tanh" ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case "quick_gelu" -> x / (1 + Math.exp(-1.702 * x));
      case "silu" -> x / (1 + Math.exp(-x));
      case "tanh" -> Math.tanh(x);
      default -> throw new IllegalArgumentException(word);
    };
  }

  /** The series near 0, the continued fraction of erfc beyond. */
  public static double erf(double x) {
    if (x < 0) {
      return -erf(-x);
    }
    if (x < 3) {
      double term = x;
      double sum = x;
      for (int n = 1; n < 200; n++) {
        term *= -x * x / n;
        sum += term / (2 * n + 1);
      }
      return 2 / Math.sqrt(Math.PI) * sum;
    }
    double fraction = 0;
    for (int n = 80; n > 0; n--) {
      fraction = n / 2.0 / (x + fraction);
    }
    return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
}
