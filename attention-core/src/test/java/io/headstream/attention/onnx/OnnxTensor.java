package io.headstream.attention.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a case, its values widened to double: 0 and 1 where they are boolean.
 *
 * @param role what it is to the operator
 * @param dtype ONNX's name of the element type
 */
record OnnxTensor(String role, String dtype, List<Integer> dims, double[] data) {
  int dim(int d) {
    return dims.get(d);
  }

  int rank() {
    return dims.size();
  }

  boolean isHalf() {
    return dtype.equals("float16");
  }

  boolean isBoolean() {
    return dtype.equals("bool");
  }

  int[] shape() {
    return dims.stream().mapToInt(Integer::intValue).toArray();
  }

  float[] floats() {
    float[] floats = new float[data.length];
    for (int n = 0; n < data.length; n++) {
      floats[n] = (float) data[n];
    }
    return floats;
  }

  boolean[] booleans() {
    boolean[] booleans = new boolean[data.length];
    for (int n = 0; n < data.length; n++) {
      booleans[n] = data[n] != 0;
    }
    return booleans;
  }

  /** {@code [batch, sequence, heads * dim]} as {@code [batch, heads, sequence, dim]}. */
  OnnxTensor splitHeads(int heads) {
    if (rank() == 4) {
      return this;
    }
    int length = dim(1);
    int size = dim(2) / heads;
    double[] split = new double[data.length];
    for (int n = 0; n < data.length; n++) {
      int c = n % size;
      int h = n / size % heads;
      int i = n / size / heads % length;
      int b = n / size / heads / length;
      split[((b * heads + h) * length + i) * size + c] = data[n];
    }
    return new OnnxTensor(role, dtype, List.of(dim(0), heads, length, size), split);
  }

  /** This along dimension 2, the other behind it; both of rank 4. */
  OnnxTensor followedBy(OnnxTensor other) {
    int first = dim(2) * dim(3);
    int second = other.dim(2) * dim(3);
    double[] both = new double[data.length + other.data.length];
    for (int row = 0; row < dim(0) * dim(1); row++) {
      System.arraycopy(data, row * first, both, row * (first + second), first);
      System.arraycopy(other.data, row * second, both, row * (first + second) + first, second);
    }
    return new OnnxTensor(
        role, dtype, List.of(dim(0), dim(1), dim(2) + other.dim(2), dim(3)), both);
  }

  /** This along its last dimension, filled up to a length. */
  OnnxTensor filledTo(int length, double value) {
    int last = dim(rank() - 1);
    if (last == length) {
      return this;
    }
    double[] filled = new double[data.length / last * length];
    for (int n = 0; n < filled.length; n++) {
      filled[n] = n % length < last ? data[n / length * last + n % length] : value;
    }
    List<Integer> shape = new ArrayList<>(dims);
    shape.set(rank() - 1, length);
    return new OnnxTensor(role, dtype, shape, filled);
  }
}
