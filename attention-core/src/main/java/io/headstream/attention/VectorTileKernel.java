package io.headstream.attention;

import static io.headstream.attention.VectorProducts.LANES;
import static io.headstream.attention.VectorProducts.SPECIES;

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

  private final float[] s = new float[TILE * BLOCK]; // [keys][width]
  private final ScoreBlock[] scores = new ScoreBlock[BLOCK / GROUP]; // by width
  private final VectorSoftmax softmax = new VectorSoftmax();
  private final VectorOutput output = new VectorOutput();
  private final float[] more = new float[TILE * BLOCK]; // scores of further channels

  private float[] query = new float[0]; // [headDim][width], scaled
  private float[] across = new float[0]; // [channels][width], what does not fill a vector

  private int queries;
  private int width; // queries, rounded up to whole groups
  private int headDim;
  private int valueDim;

  // Where the tile's keys or values lie: row j at base + j * stride.
  private float[] data;
  private int base;
  private int stride;

  VectorTileKernel() {
    for (int g = 0; g < scores.length; g++) {
      scores[g] = new ScoreBlock(s, 1, (g + 1) * GROUP);
    }
  }

  @Override
  public void reserve(int headDim, int valueDim) {
    if (query.length < headDim * BLOCK) {
      query = new float[headDim * BLOCK];
    }
    if (across.length == 0 && valueDim % LANES != 0) {
      across = new float[LANES * BLOCK];
    }
    output.reserve(valueDim);
  }

  @Override
  public ScoreBlock scores() {
    return scores[width / GROUP - 1];
  }

  @Override
  public void begin(Rows q, int firstRow, int queries, int headDim, int valueDim, float scale) {
    this.queries = queries;
    this.width = (queries + GROUP - 1) / GROUP * GROUP;
    this.headDim = headDim;
    this.valueDim = valueDim;
    softmax.begin();
    output.begin(queries, valueDim);
    for (int i = 0; i < queries; i++) {
      scaleInto(query, i, width, q.data(), q.row(firstRow + i), headDim, scale);
    }
    for (int i = queries; i < width; i++) { // lanes that nobody reads
      for (int c = 0; c < headDim; c++) {
        query[c * width + i] = 0f;
      }
    }
  }

  private static void scaleInto(
      float[] query, int i, int width, float[] q, int from, int headDim, float scale) {
    for (int c = 0; c < headDim; c++) {
      query[c * width + i] = q[from + c] * scale;
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
    int terms = Math.min(CHAIN_CHANNELS, headDim);
    int at = base + from * stride;
    int to = from * width + i;
    VectorProducts.rows(data, at, stride, 1, keys, query, i, width, terms, s, to, width, width - i);
    for (int c = CHAIN_CHANNELS; c < headDim; c += CHAIN_CHANNELS) {
      terms = Math.min(CHAIN_CHANNELS, headDim - c);
      int q = c * width + i;
      VectorProducts.rows(
          data, at + c, stride, 1, keys, query, q, width, terms, more, to, width, width - i);
      for (int j = from; j < end; j++) {
        addMore(s, more, j * width + i, (j + 1) * width);
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
      softmax.weigh(s, i, width, end);
      for (int j = end; j < region.keys; j++) {
        FloatVector.zero(SPECIES).intoArray(s, j * width + i);
      }
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
    int from = base + start * stride;
    for (int i = 0; i < queries; i += GROUP) {
      int rows = Math.min(GROUP, queries - i);
      int terms = Math.max(0, Math.min(PAGE, region.end(i) - start));
      int at = start * width + i;
      VectorProducts.rows(
          s, at, 1, width, rows, data, from, stride, terms, into, i * columns, columns, whole);
    }
    if (whole < valueDim) {
      int terms = Math.min(PAGE, region.keys - start);
      int at = start * width;
      int rest = valueDim - whole;
      VectorProducts.rows(
          data, from + whole, 1, stride, rest, s, at, width, terms, across, 0, width, width);
      for (int c = 0; c < rest; c++) {
        copyAcross(across, c * width, into, whole + c, columns, queries);
      }
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
          int at = j * width + i;
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
