package io.headstream.benchmarks.cases;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The arrays of a case, made from a seed as the peers make theirs, so that all compute the same:
 * values in (-1, 1), weights and biases in (-1, 1)/√modelDim.
 */
final class Inputs {
  private final Map<String, float[]> arrays = new LinkedHashMap<>();
  private final SplittableRandom random;

  Inputs(Case of, long seed) {
    this.random = new SplittableRandom(seed ^ of.id().hashCode());
    int dim = of.modelDim();
    int tokens = Math.multiplyExact(Math.multiplyExact(of.batch(), of.length()), dim);
    double weight = 1 / Math.sqrt(dim);
    switch (of.op()) {
      case "sdpa", "decode" -> {
        add("q", of.op().equals("sdpa") ? tokens : of.batch() * dim, 1);
        add("k", tokens, 1);
        add("v", tokens, 1);
      }
      case "gemm" -> {
        add("x", tokens, 1);
        add("w", dim * dim, weight);
      }
      case "mha" -> {
        add("x", tokens, 1);
        add("wqkv", 3 * dim * dim, weight); // [3 * modelDim, modelDim], rows q, k, v
        add("bqkv", 3 * dim, weight);
        add("wo", dim * dim, weight);
        add("bo", dim, weight);
      }
      default -> {}
    }
  }

  private void add(String name, int size, double bound) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
    }
    arrays.put(name, values);
  }

  float[] get(String name) {
    return arrays.get(name);
  }
}
