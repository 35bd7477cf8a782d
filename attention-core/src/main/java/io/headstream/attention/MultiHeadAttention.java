package io.headstream.attention;

import java.util.Objects;

/**
 * Multi-head attention, {@code Concat(head_1, ..., head_h)·W_o} with {@code head_i =
 * Attention(X·W_q,i, X·W_k,i, X·W_v,i)}: section 3.2.2 of "Attention Is All You Need", as
 * self-attention.
 *
 * <p>The weights are packed once, when the layer is made. Heads and members of a batch are computed
 * in parallel on the executor of the options; the result does not depend by a bit on how many there
 * are. Immutable and safe for any number of threads.
 */
public final class MultiHeadAttention {
  /** Rows of the output projection that one task takes. */
  private static final int OUTPUT_ROWS = 32;

  private final int modelDim;
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection output;

  /** A layer with the given weights, which are copied. */
  public MultiHeadAttention(AttentionWeights weights) {
    this.modelDim = weights.modelDim();
    this.heads = weights.heads();
    this.keyValueHeads = weights.keyValueHeads();
    this.headDim = weights.headDim();
    int keyValueDim = keyValueHeads * headDim;
    Kernel kernel = Kernels.chosen();
    this.query = kernel.projection(weights.queryWeight(), weights.queryBias(), modelDim, modelDim);
    this.key = kernel.projection(weights.keyWeight(), weights.keyBias(), keyValueDim, modelDim);
    this.value =
        kernel.projection(weights.valueWeight(), weights.valueBias(), keyValueDim, modelDim);
    this.output =
        kernel.projection(weights.outputWeight(), weights.outputBias(), modelDim, modelDim);
  }

  /** Size of a token's embedding, and of its answer. */
  public int modelDim() {
    return modelDim;
  }

  /** Query heads. */
  public int heads() {
    return heads;
  }

  /** Key/value heads. */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** Channels of a head, {@code d_k = d_v = modelDim / heads}. */
  public int headDim() {
    return headDim;
  }

  /**
   * What computes in this JVM: {@code scalar}, or {@code vector-512} and the like. The results do
   * not depend on it by a bit.
   */
  public static String kernel() {
    return Kernels.chosen().name();
  }

  int headsPerKeyValueHead() {
    return heads / keyValueHeads;
  }

  /**
   * One of {@code groups} equal parts of the heads.
   *
   * @param group which part, from 0
   * @param groups how many parts; divides the number of key/value heads
   * @throws IllegalArgumentException if {@code groups} does not divide the key/value heads or the
   *     group is out of range
   */
  public HeadGroup headGroup(int group, int groups) {
    Checks.positive("groups", groups);
    Checks.divides("groups", groups, "keyValueHeads", keyValueHeads);
    Objects.checkIndex(group, groups);
    int size = keyValueHeads / groups;
    return new HeadGroup(this, group * size, size);
  }

  /**
   * Self-attention over a batch, into a new array.
   *
   * @see #attend(int, int, float[], int, float[], int, AttentionOptions)
   */
  public float[] attend(int batch, int sequenceLength, float[] x, AttentionOptions options) {
    float[] out = new float[Checks.size("x", batch, sequenceLength, modelDim)];
    attend(batch, sequenceLength, x, 0, out, 0, options);
    return out;
  }

  /**
   * {@code out = MultiHead(X, X, X)}, section 3.2.2.
   *
   * @param batch members of the batch, at least 0
   * @param sequenceLength tokens of each member, at least 0
   * @param x {@code [batch, sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param out {@code [batch, sequenceLength, modelDim]}, row-major, from {@code outOffset} on;
   *     nothing else of it is written, and it may not overlap {@code x}
   * @param options mask, scale, dropout and threads
   * @throws IllegalArgumentException if a range does not fit its array, or the mask or dropout has
   *     another shape
   */
  public void attend(
      int batch,
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Checks.range("x", x, xOffset, batch, sequenceLength, modelDim);
    Checks.range("out", out, outOffset, batch, sequenceLength, modelDim);
    options.mask().check(sequenceLength, sequenceLength);
    options.dropout().check(batch);
    int memberSize = sequenceLength * modelDim;
    float[] concatenated = new float[batch * memberSize];
    ParallelTasks.run(
        batch * keyValueHeads,
        options,
        task -> {
          int b = task / keyValueHeads;
          HeadGroup head = new HeadGroup(this, task % keyValueHeads, 1);
          head.attend(
              b,
              sequenceLength,
              new Rows(x, xOffset + b * memberSize, modelDim),
              new Rows(concatenated, b * memberSize, modelDim).columns(head.firstHead() * headDim),
              options);
        });
    projectOutput(batch * sequenceLength, concatenated, 0, out, outOffset, options);
  }

  /**
   * {@code out = concatenated·W_o + b_o}, the last step of section 3.2.2, for heads that were
   * computed by {@link HeadGroup}s.
   *
   * @param rows tokens, at least 0
   * @param concatenated {@code [rows, modelDim]} from {@code offset} on: the groups' columns in
   *     order
   * @param out {@code [rows, modelDim]} from {@code outOffset} on; may not overlap the input
   * @param options threads; nothing else of them is used
   * @throws IllegalArgumentException if a range does not fit its array
   */
  public void projectOutput(
      int rows,
      float[] concatenated,
      int offset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Checks.range("concatenated", concatenated, offset, rows, modelDim);
    Checks.range("out", out, outOffset, rows, modelDim);
    ParallelTasks.run(
        (rows + OUTPUT_ROWS - 1) / OUTPUT_ROWS,
        options,
        task -> {
          int first = task * OUTPUT_ROWS;
          output.project(
              new Rows(concatenated, offset + first * modelDim, modelDim),
              Math.min(OUTPUT_ROWS, rows - first),
              0,
              modelDim,
              new Rows(out, outOffset + first * modelDim, modelDim));
        });
  }

  /** The projections of one key/value head and of the query heads that use it. */
  void projectHead(Rows x, int rows, int keyValueHead, Rows q, Rows k, Rows v) {
    int queries = headsPerKeyValueHead() * headDim;
    query.project(x, rows, keyValueHead * queries, (keyValueHead + 1) * queries, q);
    key.project(x, rows, keyValueHead * headDim, (keyValueHead + 1) * headDim, k);
    value.project(x, rows, keyValueHead * headDim, (keyValueHead + 1) * headDim, v);
  }
}
