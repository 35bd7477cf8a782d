package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.CachedPage;
import io.headstream.attention.internal.kernel.CachedPages;
import io.headstream.attention.internal.mask.Band;
import java.util.function.IntFunction;

/**
 * The keys and values of one sequence, kept for the queries to come: causal attention (section
 * 3.2.3 of "Attention Is All You Need") token by token, or a block of tokens at a time.
 *
 * <p>A query at position {@code p} sees the keys up to {@code p}, and of those, if the cache
 * slides, the {@code keysBefore} before it and the {@code sinks} first ones. Its result is, bit for
 * bit, that of the same row in one causal pass over all tokens with that window.
 *
 * <p>Appends only, in pages of {@value KeyValuePage#POSITIONS} positions, with keys transposed so
 * that one query meets many keys at once. A page that no later query can see is released. Allocates
 * one page for each 64 positions, and with a {@link Workspace} nothing else. For one thread at a
 * time.
 */
public final class KeyValueCache {
  private static final int PAGE = KeyValuePage.POSITIONS;

  private final int maxLength;
  private final CachedPages pages;

  private KeyValueCache(
      int keyValueHeads, int headDim, int valueDim, int maxLength, int keysBefore, int sinks) {
    Checks.positive("keyValueHeads", keyValueHeads);
    Checks.positive("headDim", headDim);
    Checks.positive("valueDim", valueDim);
    Checks.notNegative("maxLength", maxLength);
    Checks.notNegative("keysBefore", keysBefore);
    Checks.notNegative("sinks", sinks);
    this.maxLength = maxLength;
    Band band = new Band(keysBefore, 0, sinks, 0, false);
    this.pages = new CachedPages(keyValueHeads, headDim, valueDim, band);
  }

  /**
   * A cache that keeps every position, up to a number of them.
   *
   * @param keyValueHeads key/value heads
   * @param headDim channels of a key
   * @param valueDim channels of a value
   * @param maxLength how many positions it takes, at least 0
   * @return the cache
   * @throws IllegalArgumentException if a number is out of range
   */
  public static KeyValueCache growing(int keyValueHeads, int headDim, int valueDim, int maxLength) {
    return new KeyValueCache(keyValueHeads, headDim, valueDim, maxLength, Band.UNLIMITED, 0);
  }

  /**
   * A cache for a sliding window, which keeps what the next query can see: no more than {@code
   * keysBefore} positions and {@code sinks} rounded up to pages, besides the block appended last.
   *
   * @param keyValueHeads key/value heads
   * @param headDim channels of a key
   * @param valueDim channels of a value
   * @param keysBefore how many keys before its own a query sees, at least 0
   * @param sinks how many of the first keys stay visible, at least 0
   * @return the cache
   * @throws IllegalArgumentException if a number is out of range
   */
  public static KeyValueCache sliding(
      int keyValueHeads, int headDim, int valueDim, int keysBefore, int sinks) {
    return new KeyValueCache(
        keyValueHeads, headDim, valueDim, Integer.MAX_VALUE, keysBefore, sinks);
  }

  /** {@return how many positions were appended: the position of the next one} */
  public int length() {
    return pages.length();
  }

  /**
   * Appends keys and values, and releases the pages that no query from the first of them on sees.
   *
   * @param positions how many, at least 0
   * @param k {@code [keyValueHeads, positions, headDim]}, row-major, from {@code kOffset} on;
   *     copied
   * @param kOffset where {@code k} begins, in floats
   * @param v {@code [keyValueHeads, positions, valueDim]} from {@code vOffset} on; copied
   * @param vOffset where {@code v} begins, in floats
   * @throws IllegalArgumentException if a range does not fit its array
   * @throws IllegalStateException if the cache would grow beyond its maximum; it stays as it was
   */
  public void append(int positions, float[] k, int kOffset, float[] v, int vOffset) {
    Checks.range("k", k, kOffset, pages.keyValueHeads(), positions, pages.headDim());
    Checks.range("v", v, vOffset, pages.keyValueHeads(), positions, pages.valueDim());
    checkRoom(positions);
    pages.append(positions, k, kOffset, v, vOffset);
  }

  void checkRoom(int positions) {
    int length = pages.length();
    if (positions > maxLength - length) {
      throw new IllegalStateException(
          "cache has %d of at most %d positions, %d more do not fit"
              .formatted(length, maxLength, positions));
    }
  }

  /**
   * Attends with the queries of a block of positions that were appended, the heads in parallel on
   * the executor of the options.
   *
   * <p>A mask of the options holds besides the cache's own causality and window: its causal and
   * sliding parts count positions of the sequence, arrays in it are {@code [1, heads, queries,
   * length()]} or broadcast to that. So are weights and scores that are asked for. Dropout depends
   * on the positions in the sequence.
   *
   * @param heads query heads; a multiple of the key/value heads
   * @param position position of the first query
   * @param queries how many positions, at least 0
   * @param q {@code [heads, queries, headDim]}, row-major, from {@code qOffset} on
   * @param qOffset where {@code q} begins, in floats
   * @param out {@code [heads, queries, valueDim]} from {@code outOffset} on; nothing else of it is
   *     written, and it may not overlap {@code q}
   * @param outOffset where {@code out} begins, in floats
   * @param options mask, scale, soft cap, dropout, threads, further results and workspace
   * @throws IllegalArgumentException if a range does not fit its array, the mask, the dropout or an
   *     array of the results has another shape, or keys that a query sees were released or are not
   *     there yet
   */
  public void attend(
      int heads,
      int position,
      int queries,
      float[] q,
      int qOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Checks.positive("heads", heads);
    int keyValueHeads = pages.keyValueHeads();
    int length = pages.length();
    Checks.divides("keyValueHeads", keyValueHeads, "heads", heads);
    Checks.range("q", q, qOffset, heads, queries, pages.headDim());
    Checks.range("out", out, outOffset, heads, queries, pages.valueDim());
    check(position, queries, length, heads, heads, options);
    Workspace workspace = options.workspace();
    AttentionResults results = options.results();
    float[] weights = ResultWriter.weights(results, 1, heads, queries, length, workspace);
    int threads = options.threadsFor(pages.products(heads, queries));
    if (queries == 1) {
      PositionAttention attention = workspace.position();
      attention.reserve(heads);
      for (int h = 0; h < heads; h++) {
        begin(attention.head(h), h, queries, q, qOffset, out, outOffset, weights, options);
      }
      attention.attend(pages, heads, 0, position, threads, options);
    } else if (threads == 1) {
      for (int h = 0; h < heads; h++) {
        attendHead(
            workspace, heads, h, position, queries, q, qOffset, out, outOffset, weights, options);
      }
    } else {
      workspace.reserve(options.threads());
      ParallelTasks.run(
          heads,
          options,
          (worker, h) ->
              attendHead(
                  workspace.ofWorker(worker),
                  heads,
                  h,
                  position,
                  queries,
                  q,
                  qOffset,
                  out,
                  outOffset,
                  weights,
                  options));
    }
    ResultWriter.average(results, weights, 1, heads, queries, length);
  }

  private void attendHead(
      Workspace workspace,
      int heads,
      int h,
      int position,
      int queries,
      float[] q,
      int qOffset,
      float[] out,
      int outOffset,
      float[] weights,
      AttentionOptions options) {
    HeadAttention attention = workspace.attention();
    begin(attention, h, queries, q, qOffset, out, outOffset, weights, options);
    attendHead(attention, h, h / (heads / pages.keyValueHeads()), position, queries, options);
  }

  /** Sets a head's queries, output and results. */
  private void begin(
      HeadAttention attention,
      int h,
      int queries,
      float[] q,
      int qOffset,
      float[] out,
      int outOffset,
      float[] weights,
      AttentionOptions options) {
    int headDim = pages.headDim();
    int valueDim = pages.valueDim();
    attention.q().set(q, qOffset + h * queries * headDim, headDim);
    attention.out().set(out, outOffset + h * queries * valueDim, valueDim);
    attention.results().begin(options.results(), weights, h * queries, pages.length());
  }

  /** Attends with one head whose queries, output and results are set. */
  void attendHead(
      HeadAttention attention,
      int head,
      int keyValueHead,
      int position,
      int queries,
      AttentionOptions options) {
    CachedHead source = attention.cached().set(pages, keyValueHead);
    attention.attend(
        0,
        head,
        pages.headDim(),
        pages.valueDim(),
        position,
        queries,
        source,
        pages.length(),
        options);
  }

  /** The checks of {@link #attend} for a cache of a length and a mask of the layer's heads. */
  void check(
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
    Band band = pages.band();
    int firstRecent = pages.firstRecent();
    long seenFrom = Math.max((long) position - band.keysBefore(), band.sinks());
    if (firstRecent > pages.sinkPages() && seenFrom < (long) firstRecent * PAGE) {
      throw new IllegalArgumentException(
          "the query at %d sees keys from %d on, those before %d were released"
              .formatted(position, seenFrom, firstRecent * PAGE));
    }
  }

  void checkShape(int expectedHeads, int expectedHeadDim) {
    int keyValueHeads = pages.keyValueHeads();
    int headDim = pages.headDim();
    int valueDim = pages.valueDim();
    if (keyValueHeads != expectedHeads
        || headDim != expectedHeadDim
        || valueDim != expectedHeadDim) {
      throw new IllegalArgumentException(
          "cache is for %d heads of %d and %d channels, the layer's part has %d of %d"
              .formatted(keyValueHeads, headDim, valueDim, expectedHeads, expectedHeadDim));
    }
  }

  /** {@return how many pages the positions so far needed; the last one may not be full} */
  public int pageCount() {
    return pages.count();
  }

  /**
   * A page, or null if it was released: the one whose first position is {@code 64 · index}.
   *
   * @param index 0 to {@code pageCount() - 1}
   * @return the page, whose arrays are the cache's own
   * @throws IndexOutOfBoundsException if there is no such page
   */
  public KeyValuePage page(int index) {
    CachedPage page = pages.page(index);
    return page == null ? null : new KeyValuePage(page);
  }

  /**
   * {@return the first page that is kept for the window; those before it that hold no sinks are
   * not}
   */
  public int firstRecentPage() {
    return pages.firstRecent();
  }

  /** {@return how many pages hold sinks and are never released} */
  public int sinkPages() {
    return pages.sinkPages();
  }

  /**
   * Brings an empty cache to where another one was.
   *
   * @param length positions of the other
   * @param pageOf gives the other's page of an index; asked for those pages alone that a query at
   *     {@code length} or later can see
   * @throws IllegalStateException if this cache is not empty
   * @throws IllegalArgumentException if a page is missing or has another shape or length, or the
   *     length is beyond the maximum
   */
  public void restore(int length, IntFunction<KeyValuePage> pageOf) {
    if (pages.length() != 0) {
      throw new IllegalStateException("cache has %d positions already".formatted(pages.length()));
    }
    if (length < 0 || length > maxLength) {
      throw new IllegalArgumentException(
          "cache cannot have %d positions, at most %d".formatted(length, maxLength));
    }
    pages.restore(length);
    int count = pages.count();
    for (int index = 0; index < count; index++) {
      if (index == pages.sinkPages()) {
        index = Math.max(index, pages.firstRecent());
      }
      if (index < count) {
        pages.put(index, checked(index, pageOf.apply(index)));
      }
    }
  }

  private CachedPage checked(int index, KeyValuePage page) {
    int positions = Math.min(PAGE, pages.length() - index * PAGE);
    int keys = pages.keyValueHeads() * pages.headDim() * PAGE;
    int values = pages.keyValueHeads() * pages.valueDim() * PAGE;
    if (page == null
        || page.length() != positions
        || page.keys().length != keys
        || page.values().length != values) {
      pages.clear();
      throw new IllegalArgumentException(
          page == null
              ? "page %d is missing".formatted(index)
              : "page %d has %d positions, %d and %d floats; expected %d, %d and %d"
                  .formatted(
                      index,
                      page.length(),
                      page.keys().length,
                      page.values().length,
                      positions,
                      keys,
                      values));
    }
    return page.page();
  }

  CachedPages pages() {
    return pages;
  }
}
