package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.KeyValueRows;
import io.headstream.attention.internal.kernel.KeyValueSource;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.internal.kernel.Tanh;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.Coverage;
import io.headstream.attention.internal.mask.DropoutMask;
import io.headstream.attention.internal.mask.PackedSequences;
import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import io.headstream.attention.internal.mask.SequenceMask;
import io.headstream.attention.internal.mask.SlidingWindow;
import java.util.Arrays;

/**
 * Scaled dot-product attention of one head, {@code softmax(Q·Kᵀ·scale + mask)·V} (equation 1), by
 * blocks of queries and tiles of keys with a running softmax, so that working memory does not grow
 * with the lengths.
 *
 * <p>Says which tiles are computed and what happens to their scores; the arithmetic and the rules
 * that decide its bits are those of {@link TileKernel}. Holds its buffers and the arguments of the
 * call at hand: for one thread at a time.
 */
public final class HeadAttention {
  private final ScoreRegion region = new ScoreRegion();
  private final KeyValueRows rows = new KeyValueRows(Backends.chosen());
  private final CachedHead cached = new CachedHead();
  private final ResultWriter results = new ResultWriter();
  private final Rows q = new Rows();
  private final Rows out = new Rows();
  private boolean[] visible = new boolean[0]; // laid out as the scores

  // Made when they are first needed: few threads attend to both.
  private TileKernel rowKernel;
  private TileKernel pageKernel;

  private TileKernel kernel; // the one of the two
  private CallOptions options;
  private SequenceMask mask;
  private int headDim;
  private int valueDim;
  private KeyValueSource source;
  private SlidingWindow window; // what the cache hides, or null
  private int sequence; // which of the dropout's sequences
  private Coverage coverage; // of the tile at hand
  private int tileKeys; // before those that nobody sees were left out
  private int block; // how many blocks of queries came by
  private int part; // which of them are ours: block % parts == part
  private int parts = 1;
  private final int cacheBlock;

  HeadAttention() {
    this(TileKernel.BLOCK);
  }

  /**
   * One with buffers for blocks of some size where keys and values are in a cache.
   *
   * @param cacheBlock queries of such a block, at most
   */
  HeadAttention(int cacheBlock) {
    this.cacheBlock = cacheBlock;
  }

  /** One that computes rows and caches with the given kernels. */
  public HeadAttention(TileKernel rowKernel, TileKernel pageKernel) {
    this(TileKernel.BLOCK);
    this.rowKernel = rowKernel;
    this.pageKernel = pageKernel;
  }

  /** Keys and values to set before {@link #attend}, if they are rows. */
  public KeyValueRows rows() {
    return rows;
  }

  /** Keys and values to set before {@link #attend}, if they are in a cache. */
  public CachedHead cached() {
    return cached;
  }

  /** Queries to set before {@link #attend}, {@code [queryLength, headDim]}. */
  public Rows q() {
    return q;
  }

  /** Results to set before {@link #attend}, {@code [queryLength, valueDim]}. */
  public Rows out() {
    return out;
  }

  /** Where besides the output results go, to set before {@link #attend}. */
  public ResultWriter results() {
    return results;
  }

  /**
   * Attends with one head.
   *
   * @param member member of the batch
   * @param head query head, as masks and dropout count it
   * @param queryPosition position of query 0 among the keys, 0 unless keys come from a cache
   * @param source keys and values
   */
  public void attend(
      int member,
      int head,
      int headDim,
      int valueDim,
      int queryPosition,
      int queryLength,
      KeyValueSource source,
      int keyLength,
      CallOptions options) {
    part = 0;
    parts = 1;
    attendBlocks(
        member, head, headDim, valueDim, queryPosition, queryLength, source, keyLength, options);
  }

  /**
   * The same for every {@code parts}-th block of queries, from block {@code part} on: what one of
   * several threads does. No further results may be asked for.
   */
  void attendPart(
      int part,
      int parts,
      int member,
      int head,
      int headDim,
      int valueDim,
      int queryLength,
      KeyValueSource source,
      int keyLength,
      CallOptions options) {
    this.part = part;
    this.parts = parts;
    attendBlocks(member, head, headDim, valueDim, 0, queryLength, source, keyLength, options);
  }

  private void attendBlocks(
      int member,
      int head,
      int headDim,
      int valueDim,
      int queryPosition,
      int queryLength,
      KeyValueSource source,
      int keyLength,
      CallOptions options) {
    begin(member, head, headDim, valueDim, source, keyLength, options);
    block = 0;
    if (!results.wantsNothing()) {
      results.clear(0, queryLength);
    }
    PackedSequences packed = mask.packed();
    if (packed == null) {
      attendDocument(0, queryLength, queryPosition, 0, keyLength);
      return;
    }
    for (int d = 0; d < packed.count(); d++, sequence++) {
      int query = packed.queryOffsets()[d];
      int key = packed.keyOffsets()[d];
      int queries = packed.queryOffsets()[d + 1] - query;
      if (results.wantsHidden()) {
        scoreOtherDocuments(query, queries, keyLength);
      }
      attendDocument(query, queries, 0, key, packed.keyOffsets()[d + 1] - key);
    }
  }

  private void begin(
      int member,
      int head,
      int headDim,
      int valueDim,
      KeyValueSource source,
      int keyLength,
      CallOptions options) {
    this.options = options;
    this.mask = options.mask().ofMember(member);
    this.headDim = headDim;
    this.valueDim = valueDim;
    this.source = source;
    this.window = source == cached ? cached.window() : null;
    this.sequence = options.mask().sequences(member);
    if (source == rows) {
      rows.begin(keyLength);
    }
    kernel = source == cached ? pageKernel() : rowKernel();
    kernel.reserve(headDim, valueDim);
    region.member = member;
    region.head = head;
  }

  /**
   * Begins with one query against the cache. {@link #score} and {@link #add} of each tile follow in
   * this order, {@link #finishPosition} in the end, so that a caller may take the heads of a tile
   * before the next tile.
   *
   * @param position of the query among the keys
   */
  void beginPosition(
      int head, int headDim, int valueDim, int position, int keyLength, CallOptions options) {
    begin(0, head, headDim, valueDim, cached, keyLength, options);
    if (!results.wantsNothing()) {
      results.clear(0, 1);
    }
    region.documentQueries = keyLength;
    region.documentKeys = keyLength;
    beginBlock(0, 1, position);
  }

  /** Writes the result of the one query. */
  void finishPosition(int keyLength) {
    finishBlock(0, keyLength);
  }

  private TileKernel rowKernel() {
    return rowKernel = rowKernel != null ? rowKernel : Backends.chosen().tiles();
  }

  private TileKernel pageKernel() {
    return pageKernel = pageKernel != null ? pageKernel : Backends.chosen().pages(cacheBlock);
  }

  private void attendDocument(
      int query, int queryLength, int queryPosition, int key, int keyLength) {
    // In a cache a query stands at its position already, wherever the last key is.
    region.documentQueries = window == null ? queryLength : keyLength;
    region.documentKeys = keyLength;
    for (int i = 0; i < queryLength; i += TileKernel.BLOCK) {
      if (block++ % parts != part) {
        continue;
      }
      int queries = Math.min(TileKernel.BLOCK, queryLength - i);
      beginBlock(query + i, queries, queryPosition + i);
      for (int tile = source.nextTile(0); // beyond the last int it is negative
          tile < keyLength && tile >= 0;
          tile = source.nextTile(tile + TileKernel.TILE)) {
        if (score(key, tile, keyLength)) {
          add();
        }
      }
      finishBlock(key, keyLength);
    }
  }

  private void finishBlock(int key, int keyLength) {
    kernel.finish(out, region.firstQuery);
    markVanished(key, keyLength);
    if (!results.wantsNothing()) {
      results.finish(region.firstQuery, region.queries, kernel);
    }
  }

  /**
   * A row whose sum is 0 saw nothing and gives zeros, unless it did see keys and every score of
   * them is minus infinity: then its weights are 0/0, and it gives NaN.
   */
  private void markVanished(int key, int keyLength) {
    for (int i = 0; i < region.queries; i++) {
      if (kernel.sum(i) == 0f && seesAKey(i, key, keyLength)) {
        int row = out.row(region.firstQuery + i);
        Arrays.fill(out.data(), row, row + valueDim, Float.NaN);
      }
    }
  }

  private boolean seesAKey(int i, int key, int keyLength) {
    for (int tile = source.nextTile(0);
        tile < keyLength && tile >= 0;
        tile = source.nextTile(tile + TileKernel.TILE)) {
      region.firstKey = key + tile;
      region.keyPosition = tile;
      region.keys = Math.min(TileKernel.TILE, keyLength - tile);
      for (int j = 0; j < region.keys; j++) {
        if (mayAttend(i, j)) {
          return true;
        }
      }
    }
    return false;
  }

  private void beginBlock(int query, int queries, int position) {
    region.firstQuery = query;
    region.queries = queries;
    region.queryPosition = position;
    float scale = options.scale(headDim);
    kernel.begin(q, region.firstQuery, region.queries, headDim, valueDim, scale);
  }

  /**
   * Computes the scores against a tile of keys.
   *
   * @param key where the document's keys begin
   * @param tile position of the first one
   * @return whether anybody sees any of them, so that {@link #add} is to follow
   */
  boolean score(int key, int tile, int keyLength) {
    region.firstKey = key + tile;
    region.keyPosition = tile;
    region.keys = Math.min(TileKernel.TILE, keyLength - tile);
    tileKeys = region.keys;
    coverage = coverage();
    if (coverage == Coverage.NONE && !results.wantsHidden()) {
      return false;
    }
    if (coverage == Coverage.SOME && !results.wantsHidden()) {
      leaveOutUnseen();
    } else {
      region.seeAll();
    }
    if (region.keys == 0) {
      return false;
    }
    scoreTile();
    return coverage != Coverage.NONE;
  }

  /** Makes weights of the scores and adds the weighted values. */
  void add() {
    mask.apply(region, kernel.scores(), coverage);
    if (window != null && coverage != Coverage.ALL) {
      window.hide(region, kernel.scores());
    }
    results.writeMasked(region, kernel.scores());
    kernel.weigh(region);
    if (!options.dropout().isOff()) {
      drop(kernel.scores());
    }
    boolean finite = source.valuesFinite(region.firstKey, tileKeys, valueDim);
    kernel.add(source, region, finite ? null : visible(kernel.scores()));
  }

  private Coverage coverage() {
    Coverage byMask = mask.coverage(region);
    if (window == null || byMask == Coverage.NONE) {
      return byMask;
    }
    Coverage bySource = window.coverage(region);
    return bySource == Coverage.ALL ? byMask : bySource;
  }

  /** Leaves out keys that nobody sees, as a triangle of a causal mask. */
  private void leaveOutUnseen() {
    int end = 0;
    for (int g = 0; g < ScoreRegion.GROUPS; g++) {
      int last = Math.min(region.queries, (g + 1) * ScoreRegion.GROUP) - 1;
      if (last >= g * ScoreRegion.GROUP) {
        end = mask.end(region, last);
        end = window == null ? end : Math.min(end, window.end(region, last));
      }
      region.setEnd(g, Math.min(region.keys, (end + 3) / 4 * 4)); // kernels take four at a time
    }
    region.keys = region.end(ScoreRegion.MOST_QUERIES - 1);
  }

  private boolean mayAttend(int i, int j) {
    return mask.mayAttend(region, i, j) && (window == null || window.mayAttend(region, i, j));
  }

  private void scoreTile() {
    kernel.score(source, region);
    results.writeRaw(region, kernel.scores());
    if (options.softCap() > 0) {
      cap(kernel.scores(), options.softCap());
    }
    results.writeCapped(region, kernel.scores());
  }

  /** Raw scores across documents are asked for: nobody attends to them. */
  private void scoreOtherDocuments(int query, int queryLength, int keyLength) {
    for (int i = 0; i < queryLength; i += TileKernel.BLOCK) {
      int queries = Math.min(TileKernel.BLOCK, queryLength - i);
      beginBlock(query + i, queries, region.queryPosition);
      for (int tile = 0; tile < keyLength; tile += TileKernel.TILE) {
        region.firstKey = tile;
        region.keys = Math.min(TileKernel.TILE, keyLength - tile);
        region.seeAll();
        scoreTile();
      }
    }
  }

  private void cap(ScoreBlock scores, float cap) {
    float[] data = scores.data();
    for (int i = 0; i < region.queries; i++) {
      for (int j = 0; j < region.keys; j++) {
        int at = scores.at(i, j);
        data[at] = cap * Tanh.tanh(data[at] / cap);
      }
    }
  }

  private void drop(ScoreBlock weights) {
    DropoutMask dropout = options.dropout();
    float kept = dropout.keptScale();
    for (int i = 0; i < region.queries; i++) {
      long row = dropout.row(sequence, region.head, region.queryPosition + i);
      for (int j = 0; j < region.keys; j++) {
        int at = weights.at(i, j);
        boolean keeps = dropout.keeps(row, region.keyPosition + j);
        weights.data()[at] = keeps ? weights.data()[at] * kept : 0f;
      }
    }
  }

  private boolean[] visible(ScoreBlock scores) {
    if (visible.length < scores.data().length) {
      visible = new boolean[scores.data().length];
    }
    for (int i = 0; i < region.queries; i++) {
      for (int j = 0; j < region.keys; j++) {
        visible[scores.at(i, j)] = mayAttend(i, j);
      }
    }
    return visible;
  }
}
