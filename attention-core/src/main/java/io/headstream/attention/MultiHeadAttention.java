package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
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
  /** Rows of a projection that one task takes, about: what goes over a panel of weights at once. */
  static final int TASK_ROWS = 96;

  /** Output channels of a projection that one task takes: whole panels of vectors of any width. */
  static final int TASK_COLUMNS = 64;

  private final int modelDim;
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;
  private final int keyInputDim;
  private final int valueInputDim;
  private final HeadGroup allHeads;
  final PackedProjection query;
  final PackedProjection key;
  final PackedProjection value;
  private final Projection output;

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
    this.query =
        backend.projection(parameters.queryWeight(), parameters.queryBias(), modelDim, modelDim);
    this.key =
        backend.projection(parameters.keyWeight(), parameters.keyBias(), keyValueDim, keyInputDim);
    this.value =
        backend.projection(
            parameters.valueWeight(), parameters.valueBias(), keyValueDim, valueInputDim);
    this.output =
        Projection.of(parameters.outputWeight(), parameters.outputBias(), modelDim, modelDim);
    this.allHeads = new HeadGroup(this, 0, keyValueHeads);
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

  int headsPerKeyValueHead() {
    return heads / keyValueHeads;
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
    return new HeadGroup(this, group * size, size);
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
    options.check(batch, heads, queryLength, keyLength, heads);
    Workspace workspace = options.workspace();
    AttentionResults results = options.results();
    float[] weights =
        ResultWriter.weights(results, batch, heads, queryLength, keyLength, workspace);
    float[] concatenated = workspace.concatenated(batch * queryLength * modelDim);
    long products = (long) batch * keyLength * keyValueHeads * headDim;
    products *= keyInputDim + valueInputDim;
    products += (long) batch * queryLength * modelDim * (modelDim + 2L * keyLength);
    int threads = options.threadsFor(products);
    int together = headsTogether(keyValueHeads, threads);
    int members = membersTogether(batch, Math.max(queryLength, keyLength), threads);
    int headTasks = keyValueHeads / together;
    int tasks = (batch + members - 1) / members * headTasks;
    if (threads > 1 && tasks < 2 * threads) {
      new HeadsApart(this)
          .attend(
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
              weights,
              threads,
              options,
              workspace);
    } else if (threads == 1) {
      for (int task = 0; task < tasks; task++) {
        int member = task / headTasks * members;
        begin(workspace, member, queryLength, query, queryOffset, concatenated);
        beginKeys(workspace, member, keyLength, key, keyOffset, value, valueOffset);
        allHeads.attend(
            workspace,
            member,
            Math.min(members, batch - member),
            task % headTasks * together,
            together,
            queryLength,
            keyLength,
            weights,
            options);
      }
    } else {
      workspace.reserve(threads);
      ParallelTasks.run(
          tasks,
          options,
          (worker, task) -> {
            Workspace own = workspace.ofWorker(worker);
            int member = task / headTasks * members;
            begin(own, member, queryLength, query, queryOffset, concatenated);
            beginKeys(own, member, keyLength, key, keyOffset, value, valueOffset);
            allHeads.attend(
                own,
                member,
                Math.min(members, batch - member),
                task % headTasks * together,
                together,
                queryLength,
                keyLength,
                weights,
                options);
          });
    }
    ResultWriter.average(results, weights, batch, heads, queryLength, keyLength);
    projectOutput(batch * queryLength, concatenated, 0, out, outOffset, options, workspace);
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
    Workspace workspace = options.workspace();
    float[] concatenated = workspace.concatenated(tokens * modelDim);
    allHeads.attend(tokens, x, xOffset, cache, concatenated, 0, options);
    projectOutput(tokens, concatenated, 0, out, outOffset, options, workspace);
  }

  /**
   * How many of some key/value heads are projected at once: as few as make whole panels of
   * channels, so that working memory stays small; where they never do, so many that parts of panels
   * are few.
   */
  int headsTogether(int heads, int threads) {
    int many = threads == 1 ? 4 * TASK_COLUMNS : TASK_COLUMNS;
    for (int n = 1; n < heads; n++) {
      int columns = n * headDim;
      if (heads % n == 0 && (columns % TASK_COLUMNS == 0 || columns >= many)) {
        return n;
      }
    }
    return heads;
  }

  /** How many members of a batch are projected at once. */
  private static int membersTogether(int batch, int length, int threads) {
    long blocks = ((long) batch * length + TASK_ROWS - 1) / TASK_ROWS;
    if (threads > 1) {
      blocks = (blocks + 2L * threads - 1) / (2 * threads) * 2 * threads;
    }
    blocks = Math.max(1, Math.min(batch, blocks));
    return (int) Math.max(1, (batch + blocks - 1) / blocks);
  }

  /** Sets query input and output of the members of a batch from {@code member} on. */
  private void begin(
      Workspace workspace,
      int member,
      int queryLength,
      float[] query,
      int queryOffset,
      float[] concatenated) {
    int first = member * queryLength * modelDim;
    workspace.queryInput().set(query, queryOffset + first, modelDim);
    workspace.output().set(concatenated, first, modelDim);
  }

  private void beginKeys(
      Workspace workspace,
      int member,
      int keyLength,
      float[] key,
      int keyOffset,
      float[] value,
      int valueOffset) {
    int first = member * keyLength;
    workspace.keyInput().set(key, keyOffset + first * keyInputDim, keyInputDim);
    workspace.valueInput().set(value, valueOffset + first * valueInputDim, valueInputDim);
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
    projectOutput(rows, concatenated, offset, out, outOffset, options, options.workspace());
  }

  private void projectOutput(
      int rows,
      float[] concatenated,
      int offset,
      float[] out,
      int outOffset,
      AttentionOptions options,
      Workspace workspace) {
    output.run(
        rows,
        concatenated,
        offset,
        modelDim,
        0,
        modelDim,
        out,
        outOffset,
        modelDim,
        options,
        workspace);
  }

  /** Projects queries of some key/value heads, side by side: of all query heads that use them. */
  void projectQueries(Rows input, int rows, int first, int count, Rows q, Workspace workspace) {
    int size = headsPerKeyValueHead() * headDim;
    float[] scratch = workspace.sums(query.scratch());
    query.project(input, rows, first * size, (first + count) * size, q, scratch);
  }

  /** Projects keys of some key/value heads, side by side. */
  void projectKeys(Rows input, int rows, int first, int count, Rows k, Workspace workspace) {
    float[] scratch = workspace.sums(key.scratch());
    key.project(input, rows, first * headDim, (first + count) * headDim, k, scratch);
  }

  /** Projects values of some key/value heads, side by side. */
  void projectValues(Rows input, int rows, int first, int count, Rows v, Workspace workspace) {
    float[] scratch = workspace.sums(value.scratch());
    value.project(input, rows, first * headDim, (first + count) * headDim, v, scratch);
  }

  /** Projects queries head by head, {@code [heads, rows, headDim]}. */
  void projectQueryHeads(Rows input, int rows, int first, int count, Rows q, Workspace workspace) {
    projectHeads(query, input, rows, first, count, headsPerKeyValueHead(), q, workspace);
  }

  /** Projects keys head by head, {@code [count, rows, headDim]}. */
  void projectKeyHeads(Rows input, int rows, int first, int count, Rows k, Workspace workspace) {
    projectHeads(key, input, rows, first, count, 1, k, workspace);
  }

  /** Projects values head by head, {@code [count, rows, headDim]}. */
  void projectValueHeads(Rows input, int rows, int first, int count, Rows v, Workspace workspace) {
    projectHeads(value, input, rows, first, count, 1, v, workspace);
  }

  private void projectHeads(
      PackedProjection projection,
      Rows input,
      int rows,
      int first,
      int count,
      int headsOfEach,
      Rows y,
      Workspace workspace) {
    int size = headsOfEach * headDim;
    int from = first * size;
    int to = from + count * size;
    float[] scratch = workspace.sums(projection.scratch());
    projection.projectHeads(input, rows, from, to, headDim, y, rows * headDim, scratch);
  }
}
