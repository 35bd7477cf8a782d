package io.headstream.attention;

/**
 * Consecutive heads of a {@link MultiHeadAttention}: their projections and their attention (section
 * 3.2.2), up to their columns of the concatenation. What one of several parallel parts of a layer
 * does.
 *
 * <p>A view: it shares the layer's packed weights. Immutable and safe for any number of threads.
 */
public final class HeadGroup {
  private final MultiHeadAttention layer;
  private final int firstKeyValueHead;
  private final int keyValueHeads;

  HeadGroup(MultiHeadAttention layer, int firstKeyValueHead, int keyValueHeads) {
    this.layer = layer;
    this.firstKeyValueHead = firstKeyValueHead;
    this.keyValueHeads = keyValueHeads;
  }

  /** {@return the first of the group's query heads} */
  public int firstHead() {
    return firstKeyValueHead * layer.headsPerKeyValueHead();
  }

  /** {@return how many query heads the group has} */
  public int heads() {
    return keyValueHeads * layer.headsPerKeyValueHead();
  }

  /** {@return how many key/value heads the group has} */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** {@return how many columns of the concatenation are the group's own} */
  public int columns() {
    return heads() * layer.headDim();
  }

  /**
   * The group's columns of {@code Concat(head_1, ..., head_h)} for one sequence, on the caller's
   * thread.
   *
   * @param sequenceLength tokens, at least 0
   * @param x {@code [sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param out {@code [sequenceLength, columns()]}, row-major, from {@code outOffset} on
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, further results and workspace, as for a batch of
   *     one; arrays of a mask have the layer's heads, those of the results the group's
   * @throws IllegalArgumentException if a range does not fit its array, or the mask, the dropout or
   *     an array of the results has another shape
   */
  public void attend(
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    layer.checkSelfAttention();
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("out", out, outOffset, sequenceLength, columns());
    options.check(1, layer.heads(), sequenceLength, sequenceLength, heads());
    Workspace workspace = options.workspace();
    AttentionResults results = options.results();
    float[] weights =
        ResultWriter.weights(results, 1, heads(), sequenceLength, sequenceLength, workspace);
    workspace.queryInput().set(x, xOffset, layer.modelDim());
    workspace.keyInput().set(x, xOffset, layer.modelDim());
    workspace.valueInput().set(x, xOffset, layer.modelDim());
    workspace.output().set(out, outOffset, columns());
    attend(0, -firstHead(), sequenceLength, sequenceLength, weights, options, workspace);
    ResultWriter.average(results, weights, 1, heads(), sequenceLength, sequenceLength);
  }

  /**
   * The group's columns for the next tokens of a sequence whose keys and values are in a cache:
   * appends those of the tokens, then attends. Bit for bit the rows of one causal pass over the
   * whole sequence, with the cache's window. The heads attend in parallel on the executor of the
   * options.
   *
   * @param tokens how many, at least 0
   * @param x {@code [tokens, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param cache for {@link #keyValueHeads} heads of the layer's {@code headDim}
   * @param out {@code [tokens, columns()]}, row-major, from {@code outOffset} on
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, further results and workspace, as for {@link
   *     KeyValueCache#attend}; arrays of a mask have the layer's heads, those of the results the
   *     group's, and both as many keys as the cache has then
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
    layer.checkSelfAttention();
    int headDim = layer.headDim();
    cache.checkShape(keyValueHeads, headDim);
    Checks.range("x", x, xOffset, tokens, layer.modelDim());
    Checks.range("out", out, outOffset, tokens, columns());
    cache.checkRoom(tokens);
    Workspace workspace = options.workspace();
    workspace.queryInput().set(x, xOffset, layer.modelDim());
    workspace.output().set(out, outOffset, columns());
    int position = cache.length();
    cache.check(position, tokens, position + tokens, layer.heads(), heads(), options);
    append(tokens, cache, workspace);
    AttentionResults results = options.results();
    float[] weights = ResultWriter.weights(results, 1, heads(), tokens, cache.length(), workspace);
    Rows queries = workspace.projected();
    queries.set(workspace.queries(tokens * columns()), 0, columns());
    layer.projectQueries(
        workspace.queryInput(), tokens, firstKeyValueHead, keyValueHeads, queries, workspace);
    Rows output = workspace.output();
    int threads = options.threadsFor(cache.products(heads(), tokens));
    if (tokens == 1) {
      PositionAttention attention = workspace.position();
      attention.reserve(heads());
      for (int h = 0; h < heads(); h++) {
        beginCached(attention.head(h), h, tokens, cache, queries, output, weights, options);
      }
      attention.attend(cache, heads(), firstHead(), position, threads, options);
    } else if (threads == 1) {
      for (int h = 0; h < heads(); h++) {
        attendCached(workspace, h, position, tokens, cache, queries, output, weights, options);
      }
    } else {
      workspace.reserve(options.threads());
      ParallelTasks.run(
          heads(),
          options,
          (worker, h) ->
              attendCached(
                  workspace.ofWorker(worker),
                  h,
                  position,
                  tokens,
                  cache,
                  queries,
                  output,
                  weights,
                  options));
    }
    ResultWriter.average(results, weights, 1, heads(), tokens, cache.length());
  }

  /**
   * The group's queries and keys for one sequence, {@code X·W_q} and {@code X·W_k}, on the caller's
   * thread: of what {@link #attend} makes the attention weights. Whoever keeps them can have the
   * weights row by row from {@link ScaledDotProductAttention}, bit for bit, where the whole matrix
   * would be too large.
   *
   * @param sequenceLength tokens, at least 0
   * @param x {@code [sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param queries {@code [heads(), sequenceLength, headDim]} from 0 on
   * @param keys {@code [keyValueHeads(), sequenceLength, headDim]} from 0 on
   * @param workspace buffers
   * @throws IllegalArgumentException if a range does not fit its array
   */
  public void projectQueriesAndKeys(
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] queries,
      float[] keys,
      Workspace workspace) {
    layer.checkSelfAttention();
    int headDim = layer.headDim();
    int size = sequenceLength * headDim;
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("queries", queries, 0, heads(), sequenceLength, headDim);
    Checks.range("keys", keys, 0, keyValueHeads, sequenceLength, headDim);
    workspace.queryInput().set(x, xOffset, layer.modelDim());
    for (int n = 0; n < keyValueHeads; n++) {
      Rows into = new Rows(keys, n * size, headDim);
      layer.projectKeys(
          workspace.queryInput(), sequenceLength, firstKeyValueHead + n, 1, into, workspace);
      projectQueries(firstKeyValueHead + n, sequenceLength, workspace);
      Rows projected = workspace.projected();
      for (int q = 0; q < layer.headsPerKeyValueHead(); q++) {
        int head = n * layer.headsPerKeyValueHead() + q;
        for (int i = 0; i < sequenceLength; i++) {
          int from = projected.row(i) + q * headDim;
          System.arraycopy(
              projected.data(), from, queries, (head * sequenceLength + i) * headDim, headDim);
        }
      }
    }
  }

  private void attendCached(
      Workspace workspace,
      int inGroup,
      int position,
      int tokens,
      KeyValueCache cache,
      Rows queries,
      Rows output,
      float[] weights,
      AttentionOptions options) {
    HeadAttention attention = workspace.attention();
    beginCached(attention, inGroup, tokens, cache, queries, output, weights, options);
    int keyValueHead = inGroup / layer.headsPerKeyValueHead();
    cache.attendHead(attention, firstHead() + inGroup, keyValueHead, position, tokens, options);
  }

  private void beginCached(
      HeadAttention attention,
      int inGroup,
      int tokens,
      KeyValueCache cache,
      Rows queries,
      Rows output,
      float[] weights,
      AttentionOptions options) {
    attention.q().setColumns(queries, inGroup * layer.headDim());
    attention.out().setColumns(output, inGroup * layer.headDim());
    attention.results().begin(options.results(), weights, inGroup * tokens, cache.length());
  }

  private void append(int tokens, KeyValueCache cache, Workspace workspace) {
    int headDim = layer.headDim();
    int size = tokens * headDim;
    float[] k = workspace.keys(keyValueHeads * size);
    float[] v = workspace.values(keyValueHeads * size);
    Rows into = workspace.projected();
    Rows x = workspace.queryInput();
    int together = tokens == 1 ? keyValueHeads : 1; // the heads of one token stand together
    for (int n = 0; n < keyValueHeads; n += together) {
      int head = firstKeyValueHead + n;
      into.set(k, n * size, headDim);
      layer.projectKeys(x, tokens, head, together, into, workspace);
      into.set(v, n * size, headDim);
      layer.projectValues(x, tokens, head, together, into, workspace);
    }
    cache.append(tokens, k, 0, v, 0);
  }

  /**
   * Self- or cross-attention without checks, for any member of a batch, from the workspace's inputs
   * to its output.
   *
   * @param resultHead where head 0 of the layer stands among the heads of the results
   */
  void attend(
      int member,
      int resultHead,
      int queryLength,
      int keyLength,
      float[] weights,
      AttentionOptions options,
      Workspace workspace) {
    int headDim = layer.headDim();
    HeadAttention attention = workspace.attention();
    float[] k = workspace.keys(Checks.size("keys", keyLength, headDim));
    float[] v = workspace.values(Checks.size("values", keyLength, headDim));
    for (int n = 0; n < keyValueHeads; n++) {
      int keyValueHead = firstKeyValueHead + n;
      Rows keys = attention.rows().k().set(k, 0, headDim);
      layer.projectKeys(workspace.keyInput(), keyLength, keyValueHead, 1, keys, workspace);
      Rows values = attention.rows().v().set(v, 0, headDim);
      layer.projectValues(workspace.valueInput(), keyLength, keyValueHead, 1, values, workspace);
      projectQueries(keyValueHead, queryLength, workspace);
      for (int q = 0; q < layer.headsPerKeyValueHead(); q++) {
        int head = beginHead(n, q, resultHead, queryLength, keyLength, weights, options, workspace);
        attention.attend(
            member, head, headDim, headDim, 0, queryLength, attention.rows(), keyLength, options);
      }
    }
  }

  private void projectQueries(int keyValueHead, int queryLength, Workspace workspace) {
    int size = layer.headsPerKeyValueHead() * layer.headDim();
    Rows queries = workspace.projected().set(workspace.queries(queryLength * size), 0, size);
    layer.projectQueries(workspace.queryInput(), queryLength, keyValueHead, 1, queries, workspace);
  }

  /** Sets queries and results of head {@code q} of those that use key/value head {@code n}. */
  private int beginHead(
      int n,
      int q,
      int resultHead,
      int queryLength,
      int keyLength,
      float[] weights,
      AttentionOptions options,
      Workspace workspace) {
    int inGroup = n * layer.headsPerKeyValueHead() + q;
    int head = firstHead() + inGroup;
    HeadAttention attention = workspace.attention();
    attention.q().setColumns(workspace.projected(), q * layer.headDim());
    attention.out().setColumns(workspace.output(), inGroup * layer.headDim());
    int firstRow = (resultHead + head) * queryLength;
    attention.results().begin(options.results(), weights, firstRow, keyLength);
    return head;
  }
}
