package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.drive.Backends;
import io.headstream.attention.internal.drive.Buffers;
import io.headstream.attention.internal.drive.CallOptions;
import io.headstream.attention.internal.drive.HeadProjections;
import io.headstream.attention.internal.drive.LayerHeads;
import io.headstream.attention.internal.kernel.Backend;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.weights.AttentionParameters;
import java.util.Objects;

/**
 * Multi-head attention, {@code Concat(head_1, ..., head_h)·W_o} with {@code head_i =
 * Attention(Q·W_q,i, K·W_k,i, V·W_v,i)}: section 3.2.2 of "Attention Is All You Need", as
 * self-attention over one input or as cross-attention over several.
 *
 * <p>The weights are packed once, when the layer is made. Heads and members of a batch are computed
 * in parallel on the executor of the options; the result does not depend by a bit on how many there
 * are. Immutable and safe for any number of threads.
 */
public final class MultiHeadAttention {
  private final int modelDim;
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;
  private final int keyInputDim;
  private final int valueInputDim;
  private final HeadProjections projections;
  private final LayerHeads allHeads;
  private final HeadGroup wholeLayer; // the same as a group
  private final PackedProjection output;

  /**
   * A layer with the given parameters, which are copied.
   *
   * @param parameters the parameters
   */
  public MultiHeadAttention(AttentionParameters parameters) {
    this.modelDim = parameters.modelDim();
    this.heads = parameters.heads();
    this.keyValueHeads = parameters.keyValueHeads();
    this.headDim = parameters.headDim();
    this.keyInputDim = parameters.keyInputDim();
    this.valueInputDim = parameters.valueInputDim();
    int keyValueDim = keyValueHeads * headDim;
    Backend backend = Backends.chosen();
    PackedProjection query =
        backend.projection(parameters.queryWeight(), parameters.queryBias(), modelDim, modelDim);
    PackedProjection key =
        backend.projection(parameters.keyWeight(), parameters.keyBias(), keyValueDim, keyInputDim);
    PackedProjection value =
        backend.projection(
            parameters.valueWeight(), parameters.valueBias(), keyValueDim, valueInputDim);
    this.output =
        backend.projection(parameters.outputWeight(), parameters.outputBias(), modelDim, modelDim);
    this.projections =
        new HeadProjections(
            query, key, value, heads, keyValueHeads, headDim, keyInputDim, valueInputDim);
    this.allHeads = new LayerHeads(projections, 0, keyValueHeads);
    this.wholeLayer = new HeadGroup(this, allHeads);
  }

  /** {@return size of a token's embedding, and of its answer} */
  public int modelDim() {
    return modelDim;
  }

  /** {@return query heads} */
  public int heads() {
    return heads;
  }

  /** {@return key/value heads} */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** {@return channels of a head, {@code d_k = d_v = modelDim / heads}} */
  public int headDim() {
    return headDim;
  }

  /**
   * What computes in this JVM. The results do not depend on it by a bit.
   *
   * @return {@code scalar}, or {@code vector-512} and the like
   */
  public static String kernel() {
    return Backends.chosen().name();
  }

  /** {@return size of what keys are made of} */
  public int keyInputDim() {
    return keyInputDim;
  }

  /** {@return size of what values are made of} */
  public int valueInputDim() {
    return valueInputDim;
  }

  /**
   * One of {@code groups} equal parts of the heads.
   *
   * @param group which part, from 0
   * @param groups how many parts; divides the number of key/value heads
   * @return the group, a view of this layer
   * @throws IllegalArgumentException if {@code groups} does not divide the key/value heads or the
   *     group is out of range
   */
  public HeadGroup headGroup(int group, int groups) {
    Checks.positive("groups", groups);
    Checks.divides("groups", groups, "keyValueHeads", keyValueHeads);
    Objects.checkIndex(group, groups);
    int size = keyValueHeads / groups;
    return new HeadGroup(this, new LayerHeads(projections, group * size, size));
  }

  /**
   * Self-attention over a batch, into a new array.
   *
   * @param batch members of the batch, at least 0
   * @param sequenceLength tokens of each member, at least 0
   * @param x {@code [batch, sequenceLength, modelDim]}, row-major
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @return the results, {@code [batch, sequenceLength, modelDim]}
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
   * @param xOffset where {@code x} begins, in floats
   * @param out {@code [batch, sequenceLength, modelDim]}, row-major, from {@code outOffset} on;
   *     nothing else of it is written, and it may not overlap {@code x}
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, the mask, the dropout or an
   *     array of the results has another shape, or keys or values are made of inputs of another
   *     size than the model's
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
    checkSelfAttention();
    attend(
        batch,
        sequenceLength,
        sequenceLength,
        x,
        xOffset,
        x,
        xOffset,
        x,
        xOffset,
        out,
        outOffset,
        options);
  }

  /**
   * {@code out = MultiHead(Q, K, V)}, section 3.2.2: cross-attention.
   *
   * <p>A query that may attend to no key gives the bias of the output projection, and NaN and
   * infinity in the inputs of a key or value that a query may not attend to change nothing for it;
   * elsewhere they behave as IEEE 754 says.
   *
   * @param batch members of the batch, at least 0
   * @param queryLength queries of each member, at least 0
   * @param keyLength keys and values of each member, at least 0
   * @param query {@code [batch, queryLength, modelDim]}, row-major, from {@code queryOffset} on
   * @param queryOffset where {@code query} begins, in floats
   * @param key {@code [batch, keyLength, keyInputDim]} from {@code keyOffset} on; may be the same
   *     array as the others
   * @param keyOffset where {@code key} begins, in floats
   * @param value {@code [batch, keyLength, valueInputDim]} from {@code valueOffset} on
   * @param valueOffset where {@code value} begins, in floats
   * @param out {@code [batch, queryLength, modelDim]} from {@code outOffset} on; nothing else of it
   *     is written, and it may not overlap an input
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, or the mask, the dropout or
   *     an array of the results has another shape
   */
  public void attend(
      int batch,
      int queryLength,
      int keyLength,
      float[] query,
      int queryOffset,
      float[] key,
      int keyOffset,
      float[] value,
      int valueOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Objects.requireNonNull(options, "options");
    Checks.range("query", query, queryOffset, batch, queryLength, modelDim);
    Checks.range("key", key, keyOffset, batch, keyLength, keyInputDim);
    Checks.range("value", value, valueOffset, batch, keyLength, valueInputDim);
    Checks.range("out", out, outOffset, batch, queryLength, modelDim);
    CallOptions call = options.resolved();
    call.check(batch, heads, queryLength, keyLength, heads);
    Buffers buffers = call.buffers();
    float[] concatenated = buffers.concatenated(batch * queryLength * modelDim);
    allHeads.attend(
        batch,
        queryLength,
        keyLength,
        query,
        queryOffset,
        key,
        keyOffset,
        value,
        valueOffset,
        concatenated,
        0,
        allHeads.threads(batch, queryLength, keyLength, call),
        call,
        buffers);
    projectOutput(batch * queryLength, concatenated, 0, out, outOffset, call, buffers);
  }

  /**
   * {@code out = MultiHead(X, X, X)} for the next tokens of one sequence whose keys and values are
   * in a cache: appends those of the tokens, then attends. Bit for bit the rows of one causal pass
   * over the whole sequence, with the cache's window.
   *
   * @param tokens how many, at least 0
   * @param x {@code [tokens, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param cache for the layer's {@code keyValueHeads} of {@code headDim} channels
   * @param out {@code [tokens, modelDim]}, row-major, from {@code outOffset} on; nothing else of it
   *     is written, and it may not overlap {@code x}
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, further results and workspace, as for {@link
   *     ScaledDotProductAttention}
   * @throws IllegalArgumentException if a range does not fit its array, or the cache, the mask, the
   *     dropout or an array of the results has another shape; the cache stays as it was
   * @throws IllegalStateException if the cache is full; it stays as it was
   */
  public void attend(
      int tokens,
      float[] x,
      int xOffset,
      KeyValueCache cache,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Checks.range("out", out, outOffset, tokens, modelDim);
    CallOptions call = options.resolved();
    Buffers buffers = call.buffers();
    float[] concatenated = buffers.concatenated(tokens * modelDim);
    wholeLayer.attend(tokens, x, xOffset, cache, concatenated, 0, call, buffers);
    projectOutput(tokens, concatenated, 0, out, outOffset, call, buffers);
  }

  /** What a call with one input needs. */
  void checkSelfAttention() {
    if (keyInputDim != modelDim || valueInputDim != modelDim) {
      throw new IllegalArgumentException(
          "keys are made of %d numbers and values of %d, model-dim is %d: no self-attention"
              .formatted(keyInputDim, valueInputDim, modelDim));
    }
  }

  /**
   * {@code out = concatenated·W_o + b_o}, the last step of section 3.2.2, for heads that were
   * computed by {@link HeadGroup}s.
   *
   * @param rows tokens, at least 0
   * @param concatenated {@code [rows, modelDim]} from {@code offset} on: the groups' columns in
   *     order
   * @param offset where {@code concatenated} begins, in floats
   * @param out {@code [rows, modelDim]} from {@code outOffset} on; may not overlap the input
   * @param outOffset where {@code out} begins, in floats
   * @param options threads and workspace; nothing else of them is used
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
    CallOptions call = options.resolved();
    projectOutput(rows, concatenated, offset, out, outOffset, call, call.buffers());
  }

  private void projectOutput(
      int rows,
      float[] concatenated,
      int offset,
      float[] out,
      int outOffset,
      CallOptions call,
      Buffers buffers) {
    Rows input = buffers.input().set(concatenated, offset, modelDim);
    Rows into = buffers.projected().set(out, outOffset, modelDim);
    buffers.projection().project(output, input, rows, modelDim, 0, modelDim, into, call, buffers);
  }
}
