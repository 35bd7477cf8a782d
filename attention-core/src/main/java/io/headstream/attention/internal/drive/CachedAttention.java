package io.headstream.attention.internal.drive;

import io.headstream.attention.cache.KeyValueCache;
import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.KeyValueSource;

/**
 * Queries of consecutive positions against a cache. Tasks are heads. Holds the arguments of the
 * call at hand.
 */
public final class CachedAttention implements ParallelTasks.Body {
  private final HeadRows q = new HeadRows();
  private final HeadRows out = new HeadRows();

  private KeyValueCache cache;
  private int heads;
  private int firstHead; // as masks and dropout count it
  private int position; // of the first query among the keys
  private int queries;
  private float[] weights;
  private CallOptions options;

  CachedAttention() {}

  /** Queries to set before {@link #attend}, {@code [queries, headDim]} of each head. */
  public HeadRows q() {
    return q;
  }

  /** Outputs to set before {@link #attend}, {@code [queries, valueDim]} of each head. */
  public HeadRows out() {
    return out;
  }

  /**
   * The checks of {@link #attend}, for what the cache will hold then.
   *
   * @param cacheLength how many positions
   * @param layerHeads heads that masks have
   * @param resultHeads heads that the results have
   * @throws IllegalArgumentException if the options do not fit, or a query sees keys that are not
   *     there
   */
  public static void check(
      KeyValueCache cache,
      int position,
      int queries,
      int cacheLength,
      int layerHeads,
      int resultHeads,
      CallOptions options) {
    if (options.mask().ofMember(0).packed() != null) {
      throw new IllegalArgumentException("mask packs documents, a cache holds one sequence");
    }
    options.check(1, layerHeads, queries, cacheLength, resultHeads);
    if (position < 0 || position > cacheLength - queries) {
      throw new IllegalArgumentException(
          "queries stand at %d to %d, the cache has %d positions"
              .formatted(position, (long) position + queries - 1, cacheLength));
    }
    long seenFrom = Math.max((long) position - cache.keysBefore(), cache.sinks());
    int keptFrom = cache.firstRecentPage();
    if (keptFrom > cache.sinkPages() && seenFrom < (long) keptFrom * KeyValueSource.PAGE) {
      throw new IllegalArgumentException(
          "the query at %d sees keys from %d on, those before %d were released"
              .formatted(position, seenFrom, keptFrom * KeyValueSource.PAGE));
    }
  }

  /**
   * Attends, and gives all that is asked for, without checks.
   *
   * @param firstHead what masks and dropout count head 0 as
   * @param position of the first query among the keys
   */
  public void attend(
      KeyValueCache cache,
      int heads,
      int firstHead,
      int position,
      int queries,
      CallOptions options,
      Buffers buffers) {
    this.cache = cache;
    this.heads = heads;
    this.firstHead = firstHead;
    this.position = position;
    this.queries = queries;
    this.options = options;
    int length = cache.length();
    RequestedResults results = options.results();
    weights = ResultWriter.weights(results, 1, heads, queries, length, buffers);
    long products = (long) heads * queries * length * (cache.headDim() + cache.valueDim());
    int threads = options.threadsFor(products);
    if (queries == 1) {
      SingleQueryAttention all = buffers.singleQuery();
      all.reserve(heads);
      for (int h = 0; h < heads; h++) {
        begin(all.head(h), h);
      }
      all.attend(cache, heads, firstHead, position, threads, options, buffers);
    } else {
      ParallelTasks.run(heads, threads, options.executor(), buffers, this);
    }
    ResultWriter.average(results, weights, 1, heads, queries, length);
  }

  /** Sets a head's queries, output and results. */
  private void begin(HeadAttention attention, int h) {
    q.select(0, h, attention.q());
    out.select(0, h, attention.out());
    attention.results().begin(options.results(), weights, h * queries, cache.length());
  }

  @Override
  public void run(Buffers own, int h) {
    HeadAttention attention = own.head();
    begin(attention, h);
    CachedHead source = attention.cached().set(cache, h / (heads / cache.keyValueHeads()));
    attention.attend(
        0,
        firstHead + h,
        cache.headDim(),
        cache.valueDim(),
        position,
        queries,
        source,
        cache.length(),
        options);
  }
}
