package io.headstream.attention;

import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.CachedPages;
import io.headstream.attention.internal.kernel.KeyValueSource;
import io.headstream.attention.internal.kernel.Rows;

/** Queries of consecutive positions against a cache, head by head. */
final class CachedAttention {
  private CachedAttention() {}

  /** The checks of {@link #attend} for a cache of a length and a mask of the layer's heads. */
  static void check(
      CachedPages cache,
      int position,
      int queries,
      int cacheLength,
      int layerHeads,
      int resultHeads,
      AttentionOptions options) {
    if (options.mask().ofMember(0).documents() != null) {
      throw new IllegalArgumentException("mask packs documents, a cache holds one sequence");
    }
    options.check(1, layerHeads, queries, cacheLength, resultHeads);
    if (position < 0 || position > cacheLength - queries) {
      throw new IllegalArgumentException(
          "queries stand at %d to %d, the cache has %d positions"
              .formatted(position, (long) position + queries - 1, cacheLength));
    }
    long seenFrom = Math.max((long) position - cache.window().keysBefore(), cache.window().sinks());
    int keptFrom = cache.firstRecent();
    if (keptFrom > cache.sinkPages() && seenFrom < (long) keptFrom * KeyValueSource.PAGE) {
      throw new IllegalArgumentException(
          "the query at %d sees keys from %d on, those before %d were released"
              .formatted(position, seenFrom, keptFrom * KeyValueSource.PAGE));
    }
  }

  /**
   * Attends, without checks.
   *
   * @param heads how many
   * @param first what masks and dropout count head 0 as
   * @param position of the first query among the keys
   * @param q the queries of head 0; those of the next head begin {@code qHead} floats later
   * @param out where the results of head 0 go; those of the next head {@code outHead} floats later
   */
  static void attend(
      CachedPages cache,
      int heads,
      int first,
      int position,
      int queries,
      Rows q,
      int qHead,
      Rows out,
      int outHead,
      AttentionOptions options,
      Workspace workspace) {
    AttentionResults results = options.results();
    int length = cache.length();
    float[] weights = ResultWriter.weights(results, 1, heads, queries, length, workspace);
    int threads = options.threadsFor(cache.products(heads, queries));
    if (queries == 1) {
      SingleQueryAttention attention = workspace.position();
      attention.reserve(heads);
      for (int h = 0; h < heads; h++) {
        HeadAttention head = attention.head(h);
        begin(head, h, queries, length, q, qHead, out, outHead, weights, results);
      }
      attention.attend(cache, heads, first, position, threads, options);
    } else if (threads == 1) {
      for (int h = 0; h < heads; h++) {
        HeadAttention head = workspace.attention();
        begin(head, h, queries, length, q, qHead, out, outHead, weights, results);
        attendHead(head, cache, heads, h, first, position, queries, options);
      }
    } else {
      workspace.reserve(options.threads());
      ParallelTasks.run(
          heads,
          options,
          (worker, h) -> {
            HeadAttention head = workspace.ofWorker(worker).attention();
            begin(head, h, queries, length, q, qHead, out, outHead, weights, results);
            attendHead(head, cache, heads, h, first, position, queries, options);
          });
    }
    ResultWriter.average(results, weights, 1, heads, queries, length);
  }

  /** Sets a head's queries, output and results. */
  private static void begin(
      HeadAttention attention,
      int h,
      int queries,
      int length,
      Rows q,
      int qHead,
      Rows out,
      int outHead,
      float[] weights,
      AttentionResults results) {
    attention.q().setColumns(q, h * qHead);
    attention.out().setColumns(out, h * outHead);
    attention.results().begin(results, weights, h * queries, length);
  }

  private static void attendHead(
      HeadAttention attention,
      CachedPages cache,
      int heads,
      int h,
      int first,
      int position,
      int queries,
      AttentionOptions options) {
    CachedHead source = attention.cached().set(cache, h / (heads / cache.keyValueHeads()));
    attention.attend(
        0,
        first + h,
        cache.headDim(),
        cache.valueDim(),
        position,
        queries,
        source,
        cache.length(),
        options);
  }
}
