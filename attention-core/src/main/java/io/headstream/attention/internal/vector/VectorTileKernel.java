package io.headstream.attention.internal.vector;

import static io.headstream.attention.internal.vector.VectorProducts.LANES;
import static io.headstream.attention.internal.vector.VectorProducts.SPECIES;

import io.headstream.attention.internal.kernel.KeyValueRows;
import io.headstream.attention.internal.kernel.KeyValueSource;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.internal.kernel.TileKernel;
import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The kernel on the Vector API for keys and values in rows, which it reads where they lie. Nothing
 * is ever added across lanes: in the scores, {@code Sᵀ = K·Qᵀ}, and down the softmax lanes are
 * queries; in {@code O = P·V} they are channels.
 *
 * <p>Channels that do not fill a vector are computed as {@code Oᵀ = Vᵀ·Pᵀ}, where lanes are queries
 * again.
 */
final class VectorTileKernel implements TileKernel {
  private static final int GROUP = ScoreRegion.GROUP;

  /** How far two vectors of queries lie apart: a line more, lest all fall on the same lines. */
  private static final int VECTOR = (TILE + 1) * LANES;

  private final float[] s = new float[BLOCK / LANES * VECTOR]; // [vectors][keys][LANES]
  private final ScoreBlock scores = ScoreBlock.ofVectors(s, LANES, VECTOR);
  private final VectorSoftmax softmax = new VectorSoftmax();
  private final VectorOutput output = new VectorOutput(BLOCK);
  private final float[] more = new float[BLOCK / LANES * VECTOR]; // scores of further channels

  private float[] query = new float[0]; // [headDim][BLOCK], scaled
  private float[] across = new float[0]; // [channels][LANES], what does not fill a vector

  private int queries;
  private int width; // queries, rounded up to whole groups
  private int headDim;
  private int valueDim;

  // Where the tile's keys or values lie: row j at base + j * stride.
  private float[] data;
  private int base;
  private int stride;

  @Override
  public void reserve(int headDim, int valueDim) {
    if (query.length < headDim * BLOCK) {
      query = new float[headDim * BLOCK];
    }
    if (across.length == 0 && valueDim % LANES != 0) {
      across = new float[LANES * LANES];
    }
    output.reserve(valueDim);
  }

  @Override
  public ScoreBlock scores() {
    return scores;
  }

  @Override
  public void begin(Rows q, int firstRow, int queries, int headDim, int valueDim, float scale) {
    this.queries = queries;
    this.width = (queries + GROUP - 1) / GROUP * GROUP;
    this.headDim = headDim;
    this.valueDim = valueDim;
    softmax.begin();
    output.begin(queries, valueDim);
    int i = 0;
    for (; i + 4 <= queries; i += 4) {
      scaleFour(query, i, q.data(), q.row(firstRow + i), q.stride(), headDim, scale);
    }
    for (; i < queries; i++) {
      scaleInto(query, i, q.data(), q.row(firstRow + i), headDim, scale);
    }
    for (; i < width; i++) { // lanes that nobody reads
      for (int c = 0; c < headDim; c++) {
        query[c * BLOCK + i] = 0f;
      }
    }
  }

  private static void scaleFour(
      float[] query, int i, float[] q, int row, int stride, int headDim, float scale) {
    int b = row + stride;
    int c = b + stride;
    int d = c + stride;
    for (int n = 0; n < headDim; n++) {
      query[n * BLOCK + i] = q[row + n] * scale;
      query[n * BLOCK + i + 1] = q[b + n] * scale;
      query[n * BLOCK + i + 2] = q[c + n] * scale;
      query[n * BLOCK + i + 3] = q[d + n] * scale;
    }
  }

  private static void scaleInto(
      float[] query, int i, float[] q, int from, int headDim, float scale) {
    for (int c = 0; c < headDim; c++) {
      query[c * BLOCK + i] = q[from + c] * scale;
    }
  }

  @Override
  public void score(KeyValueSource source, ScoreRegion region) {
    readInPlace(((KeyValueRows) source).k(), region.firstKey);
    int from = 0;
    for (int i = 0; i < width; i += GROUP) {
      int end = region.end(i);
      if (end > from) { // keys that the queries before do not see
        scoreKeys(from, end, i);
        from = end;
      }
    }
  }

  private void readInPlace(Rows rows, int first) {
    data = rows.data();
    base = rows.row(first);
    stride = rows.stride();
  }

  /** The scores of the queries from {@code i} on against some keys. */
  private void scoreKeys(int from, int end, int i) {
    int keys = end - from;
    int k = base + from * stride;
    int to = i / LANES * VECTOR + from * LANES;
    int n = width - i;
    int terms = Math.min(CHAIN_CHANNELS, headDim);
    VectorProducts.rows(data, k, stride, 1, keys, query, i, BLOCK, terms, s, to, LANES, VECTOR, n);
    for (int c = CHAIN_CHANNELS; c < headDim; c += CHAIN_CHANNELS) {
      int q = c * BLOCK + i;
      terms = Math.min(CHAIN_CHANNELS, headDim - c);
      VectorProducts.rows(
          data, k + c, stride, 1, keys, query, q, BLOCK, terms, more, to, LANES, VECTOR, n);
      for (int at = to; at < to + n / LANES * VECTOR; at += VECTOR) {
        addMore(s, more, at, at + keys * LANES);
      }
    }
  }

  private static void addMore(float[] sum, float[] more, int from, int end) {
    for (int at = from; at < end; at += LANES) {
      FloatVector.fromArray(SPECIES, sum, at)
          .add(FloatVector.fromArray(SPECIES, more, at))
          .intoArray(sum, at);
    }
  }

  @Override
  public void weigh(ScoreRegion region) {
    for (int i = 0; i < width; i += LANES) {
      int end = region.end(i);
      int at = i / LANES * VECTOR;
      softmax.weigh(i, s, at, end, output.empty());
      Arrays.fill(s, at + end * LANES, at + region.keys * LANES, 0f);
    }
  }

  @Override
  public void add(KeyValueSource source, ScoreRegion region, boolean[] visible) {
    readInPlace(((KeyValueRows) source).v(), region.firstKey);
    int pages = 0;
    for (int start = 0; start < region.keys; start += PAGE, pages++) {
      float[] into = output.page(pages);
      if (visible != null) {
        addVisible(start, Math.min(PAGE, region.keys - start), into, visible);
      } else {
        addPage(start, region, into);
      }
    }
    output.join(softmax.alpha(), pages);
  }

  private void addPage(int start, ScoreRegion region, float[] into) {
    int columns = output.columns();
    int whole = valueDim / LANES * LANES;
    int v = base + start * stride;
    for (int i = 0; i < queries; i += LANES) {
      int rows = Math.min(LANES, queries - i);
      int terms = Math.max(0, Math.min(PAGE, region.end(i) - start));
      int p = i / LANES * VECTOR + start * LANES;
      int to = i * columns;
      VectorProducts.rows(
          s, p, 1, LANES, rows, data, v, stride, terms, into, to, columns, LANES, whole);
      if (whole < valueDim) {
        addRest(rows, p, v + whole, terms, into, to + whole);
      }
    }
  }

  /** The channels that do not fill a vector, for a vector of queries. */
  private void addRest(int rows, int p, int v, int terms, float[] into, int to) {
    int channels = valueDim % LANES;
    VectorProducts.rows(
        data, v, 1, stride, channels, s, p, LANES, terms, across, 0, LANES, LANES, LANES);
    for (int c = 0; c < channels; c++) {
      copyAcross(across, c * LANES, into, to + c, output.columns(), rows);
    }
  }

  private static void copyAcross(
      float[] across, int from, float[] into, int to, int columns, int queries) {
    for (int i = 0; i < queries; i++) {
      into[to + i * columns] = across[from + i];
    }
  }

  /** The weighted values of a page that holds NaN or infinity: selects where others multiply. */
  private void addVisible(int start, int keys, float[] into, boolean[] visible) {
    for (int c = 0; c < valueDim; c++) {
      for (int i = 0; i < width; i += LANES) {
        FloatVector added = FloatVector.zero(SPECIES);
        for (int j = start; j < start + keys; j++) {
          int at = i / LANES * VECTOR + j * LANES;
          VectorMask<Float> seen = VectorMask.fromArray(SPECIES, visible, at);
          FloatVector value = FloatVector.broadcast(SPECIES, data[base + j * stride + c]);
          added = added.blend(FloatVector.fromArray(SPECIES, s, at).fma(value, added), seen);
        }
        added.intoArray(more, i);
      }
      copyAcross(more, 0, into, c, output.columns(), queries);
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
