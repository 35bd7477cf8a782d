package io.headstream.benchmarks.cases;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.MultiHeadAttention;
import io.headstream.attention.ScaledDotProductAttention;
import io.headstream.attention.Workspace;
import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.weights.AttentionParameters;
import java.util.Arrays;
import java.util.concurrent.Executor;

/**
 * The cases as a caller of attention-core computes them: by its public classes, with one workspace,
 * into an array that is there already, as the peers' results stay in native memory.
 */
final class HeadstreamWork {
  private HeadstreamWork() {}

  /**
   * Makes a case ready.
   *
   * @param threads how many work on one call
   * @param executor of the threads beside the caller's
   */
  static Work prepare(Case of, Inputs inputs, int threads, Executor executor) {
    AttentionOptions options =
        AttentionOptions.defaults()
            .withExecutor(executor, threads)
            .withMask(of.causal() ? AttentionMask.causal() : AttentionMask.none())
            .withWorkspace(new Workspace());
    return switch (of.op()) {
      case "sdpa" -> attention(of, inputs, options);
      case "mha" -> layer(of, inputs, options);
      case "decode" -> decode(of, inputs, options);
      case "gemm" -> projection(of, inputs, options);
      case "peak" -> new PeakWork(of);
      default -> throw new IllegalArgumentException(of.op());
    };
  }

  private static Work attention(Case of, Inputs inputs, AttentionOptions options) {
    ScaledDotProductAttention attention =
        new ScaledDotProductAttention(of.heads(), of.heads(), of.headDim());
    float[] q = inputs.get("q");
    float[] k = inputs.get("k");
    float[] v = inputs.get("v");
    int length = of.length();
    float[] out = new float[q.length];
    return new Computed(
        () -> attention.attend(of.batch(), length, length, q, 0, k, 0, v, 0, out, 0, options), out);
  }

  private static Work layer(Case of, Inputs inputs, AttentionOptions options) {
    MultiHeadAttention layer = new MultiHeadAttention(weights(of, inputs));
    float[] x = inputs.get("x");
    float[] out = new float[x.length];
    return new Computed(() -> layer.attend(of.batch(), of.length(), x, 0, out, 0, options), out);
  }

  static AttentionParameters weights(Case of, Inputs inputs) {
    int dim = of.modelDim();
    float[] w = inputs.get("wqkv");
    float[] b = inputs.get("bqkv");
    int size = dim * dim;
    return AttentionParameters.of(
        dim,
        of.heads(),
        of.heads(),
        Arrays.copyOfRange(w, 0, size),
        Arrays.copyOfRange(w, size, 2 * size),
        Arrays.copyOfRange(w, 2 * size, 3 * size),
        inputs.get("wo"),
        Arrays.copyOfRange(b, 0, dim),
        Arrays.copyOfRange(b, dim, 2 * dim),
        Arrays.copyOfRange(b, 2 * dim, 3 * dim),
        inputs.get("bo"));
  }

  /** One query, the newest, against caches that were filled before: one for each member. */
  private static Work decode(Case of, Inputs inputs, AttentionOptions options) {
    int dim = of.modelDim();
    int member = of.length() * dim;
    KeyValueCache[] caches = new KeyValueCache[of.batch()];
    for (int b = 0; b < caches.length; b++) {
      caches[b] = KeyValueCache.growing(of.heads(), of.headDim(), of.headDim(), of.length());
      caches[b].append(of.length(), inputs.get("k"), b * member, inputs.get("v"), b * member);
    }
    ScaledDotProductAttention attention =
        new ScaledDotProductAttention(of.heads(), of.heads(), of.headDim());
    float[] q = inputs.get("q");
    float[] out = new float[q.length];
    return new Computed(
        () -> {
          for (int b = 0; b < caches.length; b++) {
            attention.attend(caches[b], of.length() - 1, 1, q, b * dim, out, b * dim, options);
          }
        },
        out);
  }

  /** The output projection of a layer whose other weights do not matter. */
  private static Work projection(Case of, Inputs inputs, AttentionOptions options) {
    int dim = of.modelDim();
    float[] none = new float[dim * dim];
    MultiHeadAttention layer =
        new MultiHeadAttention(
            AttentionParameters.of(
                dim, 1, 1, none, none, none, inputs.get("w"), null, null, null, null));
    float[] x = inputs.get("x");
    float[] out = new float[x.length];
    return new Computed(
        () -> layer.projectOutput(of.batch() * of.length(), x, 0, out, 0, options), out);
  }

  private record Computed(Runnable call, float[] output) implements Work {
    @Override
    public void run() {
      call.run();
    }
  }
}
