package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.CachedHead;
import io.headstream.attention.internal.kernel.KeyValueSource;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The kernel on the Vector API for keys and values in the pages of a cache, which it reads where
 * they lie. Lanes are keys in the product with K, whose pages are transposed, and channels in the
 * product with V, so that one query fills them as well as many do.
 */
final class VectorPageKernel implements TileKernel {
  private static final int PANEL = VectorPagePair.PANEL;

  private final int block; // queries of a block, at most
  private final ScoreBlock scores;
  private final float[] s; // the scores, [block][TILE]
  private final float[] more; // what further channels add to them, [block][TILE]
  private final VectorRowSoftmax softmax;
  private final VectorOutput output;

  private float[] query = new float[0]; // [block][headDim], scaled
  private float[] released = new float[0]; // zeros in place of a page that is no longer there
  private float[] narrow = new float[0]; // [PAGE][LANES], values of fewer channels than lanes

  private int queries;
  private int headDim;
  private int valueDim;

  VectorPageKernel(int block) {
    this.block = block;
    this.s = new float[block * TILE];
    this.scores = ScoreBlock.ofRows(s, TILE);
    this.more = new float[block * TILE];
    this.softmax = new VectorRowSoftmax(block);
    this.output = new VectorOutput(block);
  }

  @Override
  public void reserve(int headDim, int valueDim) {
    if (query.length < block * headDim) {
      query = new float[block * headDim];
    }
    output.reserve(valueDim);
    if (released.length < PAGE * Math.max(headDim, valueDim)) {
      released = new float[PAGE * Math.max(headDim, valueDim)];
    }
    if (valueDim < LANES && narrow.length == 0) {
      narrow = new float[PAGE * LANES];
    }
  }

  private static int wholeVectors(int n) {
    return (n + LANES - 1) / LANES * LANES;
  }

  @Override
  public ScoreBlock scores() {
    return scores;
  }

  @Override
  public void begin(Rows q, int firstRow, int queries, int headDim, int valueDim, float scale) {
    this.queries = queries;
    this.headDim = headDim;
    this.valueDim = valueDim;
    softmax.begin(queries);
    output.begin(queries, valueDim);
    for (int i = 0; i < queries; i++) {
      scaleInto(query, i * headDim, q.data(), q.row(firstRow + i), headDim, scale);
    }
  }

  private static void scaleInto(
      float[] query, int to, float[] q, int from, int headDim, float scale) {
    for (int c = 0; c < headDim; c++) {
      query[to + c] = q[from + c] * scale;
    }
  }

  @Override
  public void score(KeyValueSource source, ScoreRegion region) {
    CachedHead head = (CachedHead) source;
    int first = region.firstKey;
    int keys = region.keys;
    if (queries == 1 && keys == TILE && head.keeps(first)) {
      scorePages(head.keys(first), head.keys(first + PAGE), head.keysAt());
      return;
    }
    for (int start = 0; start < keys; start += PAGE) {
      float[] k = head.keys(first + start);
      int from = k == null ? 0 : head.keysAt();
      // Whole vectors of keys: what is beyond the last one is never looked at.
      int lanes = wholeVectors(Math.min(PAGE, keys - start));
      scorePage(k == null ? released : k, from, start, lanes);
    }
  }

  /** The scores of one query, whose time is that of reading: both pages at once. */
  private void scorePages(float[] k, float[] next, int from) {
    int terms = Math.min(CHAIN_CHANNELS, headDim);
    for (int j = 0; j < PAGE; j += PANEL) {
      int at = from + j;
      VectorPagePair.row(query, 0, 0, k, next, at, PAGE, terms, s, j, s, PAGE + j);
    }
    for (int c = CHAIN_CHANNELS; c < headDim; c += CHAIN_CHANNELS) {
      terms = Math.min(CHAIN_CHANNELS, headDim - c);
      for (int j = 0; j < PAGE; j += PANEL) {
        int at = from + c * PAGE + j;
        VectorPagePair.row(query, c, c, k, next, at, PAGE, terms, more, j, more, PAGE + j);
      }
      addMore(s, 0, more, 0, TILE);
    }
  }

  private void scorePage(float[] k, int from, int start, int lanes) {
    int terms = Math.min(CHAIN_CHANNELS, headDim);
    VectorProducts.rows(
        query, 0, headDim, 1, queries, k, from, PAGE, terms, s, start, TILE, LANES, lanes);
    for (int c = CHAIN_CHANNELS; c < headDim; c += CHAIN_CHANNELS) {
      int at = from + c * PAGE;
      terms = Math.min(CHAIN_CHANNELS, headDim - c);
      VectorProducts.rows(
          query, c, headDim, 1, queries, k, at, PAGE, terms, more, 0, PAGE, LANES, lanes);
      for (int i = 0; i < queries; i++) {
        addMore(s, i * TILE + start, more, i * PAGE, lanes);
      }
    }
  }

  private static void addMore(float[] sum, int at, float[] more, int from, int n) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector.fromArray(SPECIES, sum, at + j)
          .add(FloatVector.fromArray(SPECIES, more, from + j))
          .intoArray(sum, at + j);
    }
  }

  @Override
  public void weigh(ScoreRegion region) {
    for (int i = 0; i < queries; i++) {
      int end = region.end(i);
      softmax.weigh(i, s, i * TILE, end);
      Arrays.fill(s, i * TILE + end, i * TILE + region.keys, 0f);
    }
  }

  @Override
  public void add(KeyValueSource source, ScoreRegion region, boolean[] visible) {
    CachedHead head = (CachedHead) source;
    int first = region.firstKey;
    int keys = region.keys;
    if (queries == 1 && keys == TILE && visible == null && head.keeps(first)) {
      addPages(head.values(first), head.values(first + PAGE), head.valuesAt());
      output.join(softmax.alpha(), 2);
      return;
    }
    int pages = 0;
    for (int start = 0; start < keys; start += PAGE, pages++) {
      float[] v = head.values(first + start);
      int from = v == null ? 0 : head.valuesAt();
      int pageKeys = Math.min(PAGE, keys - start);
      float[] into = output.page(pages);
      if (visible != null) {
        addVisible(v == null ? released : v, from, start, pageKeys, into, visible);
      } else {
        addChannels(v == null ? released : v, from, start, pageKeys, into, 0);
      }
    }
    output.join(softmax.alpha(), pages);
  }

  /** The weighted values of one query: both pages at once, as far as there are panels. */
  private void addPages(float[] v, float[] next, int from) {
    float[] into = output.page(0);
    float[] intoNext = output.page(1);
    int panels = valueDim / PANEL * PANEL;
    for (int c = 0; c < panels; c += PANEL) {
      int at = from + c;
      VectorPagePair.row(s, 0, PAGE, v, next, at, valueDim, PAGE, into, c, intoNext, c);
    }
    if (panels < valueDim) {
      addChannels(v, from, 0, PAGE, into, panels);
      addChannels(next, from, PAGE, PAGE, intoNext, panels);
    }
  }

  /** The weighted values of a page in the channels from a panel's first on. */
  private void addChannels(float[] v, int from, int start, int pageKeys, float[] into, int first) {
    int step = valueDim;
    if (valueDim < LANES) {
      for (int j = 0; j < pageKeys; j++) {
        System.arraycopy(v, from + j * valueDim, narrow, j * LANES, valueDim);
      }
      v = narrow;
      from = 0;
      step = LANES;
    }
    int columns = output.columns();
    int whole = Math.max(LANES, valueDim / LANES * LANES);
    int columnsLeft = whole - first;
    VectorProducts.rows(
        s,
        start,
        TILE,
        1,
        queries,
        v,
        from + first,
        step,
        pageKeys,
        into,
        first,
        columns,
        LANES,
        columnsLeft);
    if (whole < valueDim) {
      // The last channels in a vector that overlaps the one before: the same bits again.
      int c = valueDim - LANES;
      VectorProducts.rows(
          s, start, TILE, 1, queries, v, from + c, step, pageKeys, into, c, columns, LANES, LANES);
    }
  }

  /** The weighted values of a page that holds NaN or infinity: selects where others multiply. */
  private void addVisible(
      float[] v, int from, int start, int pageKeys, float[] into, boolean[] visible) {
    int columns = output.columns();
    Arrays.fill(into, 0, queries * columns, 0f);
    for (int i = 0; i < queries; i++) {
      for (int j = start; j < start + pageKeys; j++) {
        if (visible[scores.at(i, j)]) {
          int value = from + (j - start) * valueDim;
          for (int c = 0; c < valueDim; c++) {
            int to = i * columns + c;
            into[to] = Math.fma(s[i * TILE + j], v[value + c], into[to]);
          }
        }
      }
    }
  }

  @Override
  public void finish(Rows rows, int firstRow) {
    output.finish(rows, firstRow, softmax.sum());
  }

  @Override
  public float max(int i) {
    return softmax.max(i);
  }

  @Override
  public float sum(int i) {
    return softmax.sum()[i];
  }
}
