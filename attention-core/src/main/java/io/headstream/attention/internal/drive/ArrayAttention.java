package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.TileKernel;

/**
 * Attention of several heads and members of a batch whose queries, keys and values are in arrays.
 * Tasks are heads, and blocks of queries where heads are few for the threads.
 *
 * <p>Holds the arguments of the call at hand. What is set by {@link #q} to {@link #into} holds for
 * the next {@link #attend} alone.
 */
public final class ArrayAttention implements ParallelTasks.Body {
  private final HeadRows q = new HeadRows();
  private final HeadRows k = new HeadRows();
  private final HeadRows v = new HeadRows();
  private final HeadRows out = new HeadRows();

  private HeadShape shape;
  private int heads;
  private int queryLength;
  private int keyLength;
  private int parts; // of the queries of a head, each of which is a task

  private int firstMember; // as masks and dropout count it
  private int firstHead; // as they do
  private float[] weights; // of all heads of the results, or null
  private int resultHead; // the first head, counted in the results
  private int resultHeads;
  private CallOptions options;

  ArrayAttention() {}

  /** Queries to set, {@code [queryLength, headDim]} of each head. */
  public HeadRows q() {
    return q;
  }

  /** Keys to set, {@code [keyLength, headDim]} of each key/value head. */
  public HeadRows k() {
    return k;
  }

  /** Values to set, {@code [keyLength, valueDim]} of each key/value head. */
  public HeadRows v() {
    return v;
  }

  /** Outputs to set, {@code [queryLength, valueDim]} of each head. */
  public HeadRows out() {
    return out;
  }

  /** Says what masks and dropout count the first member and the first head as. */
  ArrayAttention from(int firstMember, int firstHead) {
    this.firstMember = firstMember;
    this.firstHead = firstHead;
    return this;
  }

  /**
   * Says where further results go.
   *
   * @param weights see {@link ResultWriter#weights}
   * @param resultHead which of the results' heads the first one is
   * @param resultHeads how many heads the results have
   */
  ArrayAttention into(float[] weights, int resultHead, int resultHeads) {
    this.weights = weights;
    this.resultHead = resultHead;
    this.resultHeads = resultHeads;
    return this;
  }

  /** Attends with all heads of all members, and gives all that is asked for, without checks. */
  public void attendAll(
      int members,
      int heads,
      int queryLength,
      int keyLength,
      HeadShape shape,
      CallOptions options,
      Buffers buffers) {
    RequestedResults results = options.results();
    float[] all = ResultWriter.weights(results, members, heads, queryLength, keyLength, buffers);
    long products = (long) members * heads * queryLength * keyLength;
    int threads = options.threadsFor(products * (shape.headDim() + shape.valueDim()));
    from(0, 0).into(all, 0, heads);
    attend(members, heads, queryLength, keyLength, shape, threads, options, buffers);
    ResultWriter.average(results, all, members, heads, queryLength, keyLength);
  }

  /** Attends with some heads of some members on as many threads. */
  void attend(
      int members,
      int heads,
      int queryLength,
      int keyLength,
      HeadShape shape,
      int threads,
      CallOptions options,
      Buffers buffers) {
    this.shape = shape;
    this.heads = heads;
    this.queryLength = queryLength;
    this.keyLength = keyLength;
    this.options = options;
    int tasks = members * heads;
    int blocks = (queryLength + TileKernel.BLOCK - 1) / TileKernel.BLOCK;
    parts = options.results() != null ? 1 : ParallelTasks.parts(tasks, threads, blocks);
    ParallelTasks.run(tasks * parts, threads, options.executor(), buffers, this);
  }

  @Override
  public void run(Buffers own, int task) {
    int member = task / parts / heads;
    int head = task / parts % heads;
    HeadAttention attention = own.head();
    q.select(member, head, attention.q());
    k.select(member, head / shape.queriesPerKey(), attention.rows().k());
    v.select(member, head / shape.queriesPerKey(), attention.rows().v());
    out.select(member, head, attention.out());
    int resultRow = ((firstMember + member) * resultHeads + resultHead + head) * queryLength;
    attention.results().begin(options.results(), weights, resultRow, keyLength);
    attention.attendPart(
        task % parts,
        parts,
        firstMember + member,
        firstHead + head,
        shape.headDim(),
        shape.valueDim(),
        queryLength,
        attention.rows(),
        keyLength,
        options);
  }
}
