package io.headstream.attention;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.KeyValueRows;
import io.headstream.attention.internal.kernel.Rows;

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
    int together = layer.headsTogether(keyValueHeads, 1);
    for (int n = 0; n < keyValueHeads; n += together) {
      attend(workspace, 0, 1, n, together, sequenceLength, sequenceLength, weights, options);
    }
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
   *     ScaledDotProductAttention}; arrays of a mask have the layer's heads, those of the results
   *     the group's, and both as many keys as the cache has then
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
    checkShape(cache);
    Checks.range("x", x, xOffset, tokens, layer.modelDim());
    Checks.range("out", out, outOffset, tokens, columns());
    cache.checkRoom(tokens);
    Workspace workspace = options.workspace();
    workspace.queryInput().set(x, xOffset, layer.modelDim());
    workspace.output().set(out, outOffset, columns());
    int position = cache.length();
    CachedAttention.check(
        cache.pages(), position, tokens, position + tokens, layer.heads(), heads(), options);
    append(tokens, cache, workspace);
    Rows queries = workspace.projected();
    queries.set(workspace.queries(tokens * columns()), 0, columns());
    layer.projectQueries(
        workspace.queryInput(), tokens, firstKeyValueHead, keyValueHeads, queries, workspace);
    CachedAttention.attend(
        cache.pages(),
        heads(),
        firstHead(),
        position,
        tokens,
        queries,
        headDim,
        workspace.output(),
        headDim,
        options,
        workspace);
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
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("queries", queries, 0, heads(), sequenceLength, headDim);
    Checks.range("keys", keys, 0, keyValueHeads, sequenceLength, headDim);
    Rows input = workspace.queryInput().set(x, xOffset, layer.modelDim());
    Rows into = workspace.projected();
    into.set(queries, 0, headDim);
    layer.projectQueryHeads(
        input, sequenceLength, firstKeyValueHead, keyValueHeads, into, workspace);
    into.set(keys, 0, headDim);
    layer.projectKeyHeads(input, sequenceLength, firstKeyValueHead, keyValueHeads, into, workspace);
  }

  private void checkShape(KeyValueCache cache) {
    if (cache.keyValueHeads() != keyValueHeads
        || cache.headDim() != layer.headDim()
        || cache.valueDim() != layer.headDim()) {
      throw new IllegalArgumentException(
          "cache is for %d heads of %d and %d channels, the layer's part has %d of %d"
              .formatted(
                  cache.keyValueHeads(),
                  cache.headDim(),
                  cache.valueDim(),
                  keyValueHeads,
                  layer.headDim()));
    }
  }

  private void append(int tokens, KeyValueCache cache, Workspace workspace) {
    int headDim = layer.headDim();
    int size = tokens * headDim;
    float[] k = workspace.keys(keyValueHeads * size);
    float[] v = workspace.values(keyValueHeads * size);
    Rows into = workspace.projected();
    Rows x = workspace.queryInput();
    into.set(k, 0, headDim);
    layer.projectKeyHeads(x, tokens, firstKeyValueHead, keyValueHeads, into, workspace);
    into.set(v, 0, headDim);
    layer.projectValueHeads(x, tokens, firstKeyValueHead, keyValueHeads, into, workspace);
    cache.append(tokens, k, 0, v, 0);
  }

  /**
   * Self- or cross-attention of some members of a batch with some of the group's heads, without
   * checks, from the workspace's inputs to its output, both of which begin with the first of the
   * members.
   *
   * @param first the first of the key/value heads, counted in the group
   * @param count how many of them; their projections are made at once
   */
  void attend(
      Workspace workspace,
      int firstMember,
      int members,
      int first,
      int count,
      int queryLength,
      int keyLength,
      float[] weights,
      AttentionOptions options) {
    project(workspace, first, count, members * queryLength, members * keyLength);
    int headDim = layer.headDim();
    int perKeyValueHead = layer.headsPerKeyValueHead();
    int keyColumns = count * headDim;
    int queryColumns = keyColumns * perKeyValueHead;
    HeadAttention attention = workspace.attention();
    KeyValueRows rows = attention.rows();
    for (int m = 0; m < members; m++) {
      for (int n = 0; n < count * perKeyValueHead; n++) {
        int keyAt = m * keyLength * keyColumns + n / perKeyValueHead * headDim;
        rows.k().set(rows.k().data(), keyAt, keyColumns);
        rows.v().set(rows.v().data(), keyAt, keyColumns);
        int queryAt = m * queryLength * queryColumns + n * headDim;
        attention.q().set(workspace.projected().data(), queryAt, queryColumns);
        int inGroup = first * perKeyValueHead + n;
        int outRow = workspace.output().row(m * queryLength) + inGroup * headDim;
        attention.out().set(workspace.output().data(), outRow, workspace.output().stride());
        int resultRow = ((firstMember + m) * heads() + inGroup) * queryLength;
        attention.results().begin(options.results(), weights, resultRow, keyLength);
        attention.attend(
            firstMember + m,
            firstHead() + inGroup,
            headDim,
            headDim,
            0,
            queryLength,
            rows,
            keyLength,
            options);
      }
    }
  }

  /** The projections of some heads side by side, {@code [row, head, headDim]}. */
  private void project(Workspace workspace, int first, int count, int queryRows, int keyRows) {
    int columns = count * layer.headDim();
    int queryColumns = columns * layer.headsPerKeyValueHead();
    int head = firstKeyValueHead + first;
    KeyValueRows rows = workspace.attention().rows();
    float[] k = workspace.keys(Checks.size("keys", keyRows, columns));
    float[] v = workspace.values(Checks.size("values", keyRows, columns));
    float[] q = workspace.queries(Checks.size("queries", queryRows, queryColumns));
    Rows keys = rows.k().set(k, 0, columns);
    layer.projectKeys(workspace.keyInput(), keyRows, head, count, keys, workspace);
    Rows values = rows.v().set(v, 0, columns);
    layer.projectValues(workspace.valueInput(), keyRows, head, count, values, workspace);
    Rows queries = workspace.projected().set(q, 0, queryColumns);
    layer.projectQueries(workspace.queryInput(), queryRows, head, count, queries, workspace);
  }
}
