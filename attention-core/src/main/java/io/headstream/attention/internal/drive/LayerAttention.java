package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.Rows;

/**
 * Projection and attention of some heads of a layer over a batch, up to their columns of the
 * concatenation.
 *
 * <p>Tasks are some heads of some members, each of which makes its own queries, keys and values, so
 * that a thread needs room for those alone. Where such tasks are too few for the threads,
 * everything is projected at once, and then heads and blocks of queries are tasks. Holds the
 * arguments of the call at hand.
 */
final class LayerAttention implements ParallelTasks.Body {
  private final Rows query = new Rows();
  private final Rows key = new Rows();
  private final Rows value = new Rows();
  private final Rows out = new Rows();

  private LayerHeads of;
  private int batch;
  private int queryLength;
  private int keyLength;
  private int taskMembers;
  private int taskHeads; // key/value heads
  private int headTasks; // how many tasks the heads of a member are
  private float[] weights;
  private CallOptions options;

  /** What queries are made of, to set before {@link #attend}. */
  Rows query() {
    return query;
  }

  /** What keys are made of, to set before {@link #attend}. */
  Rows key() {
    return key;
  }

  /** What values are made of, to set before {@link #attend}. */
  Rows value() {
    return value;
  }

  /** Where the columns of the heads go, to set before {@link #attend}. */
  Rows out() {
    return out;
  }

  void attend(
      LayerHeads of,
      int batch,
      int queryLength,
      int keyLength,
      int threads,
      CallOptions options,
      Buffers buffers) {
    this.of = of;
    this.batch = batch;
    this.queryLength = queryLength;
    this.keyLength = keyLength;
    this.options = options;
    RequestedResults results = options.results();
    weights = ResultWriter.weights(results, batch, of.heads(), queryLength, keyLength, buffers);
    taskHeads = of.projections().headsTogether(of.keyValueHeads(), threads);
    taskMembers = membersTogether(batch, Math.max(queryLength, keyLength), threads);
    headTasks = of.keyValueHeads() / taskHeads;
    int tasks = (batch + taskMembers - 1) / taskMembers * headTasks;
    if (threads > 1 && tasks < 2 * threads) {
      attend(buffers, 0, batch, 0, of.keyValueHeads(), threads);
    } else {
      ParallelTasks.run(tasks, threads, options.executor(), buffers, this);
    }
    ResultWriter.average(results, weights, batch, of.heads(), queryLength, keyLength);
  }

  /** How many members of a batch are projected at once. */
  private static int membersTogether(int batch, int length, int threads) {
    long blocks = ((long) batch * length + ProjectionTasks.ROWS - 1) / ProjectionTasks.ROWS;
    if (threads > 1) {
      blocks = (blocks + 2L * threads - 1) / (2 * threads) * 2 * threads;
    }
    blocks = Math.max(1, Math.min(batch, blocks));
    return (int) Math.max(1, (batch + blocks - 1) / blocks);
  }

  @Override
  public void run(Buffers own, int task) {
    int member = task / headTasks * taskMembers;
    int members = Math.min(taskMembers, batch - member);
    attend(own, member, members, task % headTasks * taskHeads, taskHeads, 1);
  }

  /**
   * Projects and attends.
   *
   * @param first the first of some key/value heads, counted in {@link #of}
   * @param count how many of them
   */
  private void attend(Buffers buffers, int member, int members, int first, int count, int threads) {
    HeadShape shape = of.shape();
    int columns = count * shape.headDim();
    int queryColumns = columns * shape.queriesPerKey();
    int keyRows = members * keyLength;
    int queryRows = members * queryLength;
    float[] k = buffers.keys(Checks.size("keys", keyRows, columns));
    float[] v = buffers.values(Checks.size("values", keyRows, columns));
    float[] q = buffers.queries(Checks.size("queries", queryRows, queryColumns));
    project(buffers, member, first, count, queryRows, keyRows, q, k, v, threads);
    ArrayAttention attention = buffers.arrays();
    int headDim = shape.headDim();
    attention.q().set(q, 0, queryColumns, headDim, queryLength * queryColumns);
    attention.k().set(k, 0, columns, headDim, keyLength * columns);
    attention.v().set(v, 0, columns, headDim, keyLength * columns);
    int head = first * shape.queriesPerKey();
    int outAt = out.row(member * queryLength) + head * headDim;
    attention.out().set(out.data(), outAt, out.stride(), headDim, queryLength * out.stride());
    attention.from(member, of.firstHead() + head).into(weights, head, of.heads());
    int heads = count * shape.queriesPerKey();
    attention.attend(members, heads, queryLength, keyLength, shape, threads, options, buffers);
  }

  /** The queries, keys and values of some heads side by side, {@code [row, head, headDim]}. */
  private void project(
      Buffers buffers,
      int member,
      int first,
      int count,
      int queryRows,
      int keyRows,
      float[] q,
      float[] k,
      float[] v,
      int threads) {
    HeadProjections projections = of.projections();
    int headDim = projections.headDim();
    int head = of.firstKeyValueHead() + first;
    int queriesPerKey = projections.queriesPerKey();
    RowPositions positions = buffers.positions();
    Rows x = buffers.input();
    Rows y = buffers.projected();
    x.set(key.data(), key.row(member * keyLength), key.stride());
    y.set(k, 0, count * headDim);
    positions.ofKeys(options.mask(), member, keyLength);
    projections.keys(x, keyRows, positions, head, count, y, headDim, threads, options, buffers);
    x.set(value.data(), value.row(member * keyLength), value.stride());
    y.set(v, 0, count * headDim);
    projections.values(x, keyRows, head, count, y, threads, options, buffers);
    x.set(query.data(), query.row(member * queryLength), query.stride());
    y.set(q, 0, count * queriesPerKey * headDim);
    positions.ofQueries(options.mask(), member, queryLength);
    projections.queries(
        x,
        queryRows,
        positions,
        head * queriesPerKey,
        count * queriesPerKey,
        y,
        headDim,
        threads,
        options,
        buffers);
  }
}
