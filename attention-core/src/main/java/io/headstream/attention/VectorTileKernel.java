package io.headstream.attention;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the Vector API for keys and values in rows. Lanes are queries, so that nothing is
 * ever added across lanes: the scores are {@code Sᵀ = K·Qᵀ}, the softmax runs down the lanes, the
 * result is {@code Oᵀ = Vᵀ·Pᵀ}.
 *
 * <p>Three vectors of queries by four keys (or four channels) are twelve sums, which stay in
 * registers. Keys and values are read where they lie, one number at a time for all lanes. Vectors
 * are handed from step to step in arrays, never as arguments: one that C2 does not inline would be
 * an object.
 */
final class VectorTileKernel implements TileKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Queries of three vectors. */
  private static final int TRIPLE = 3 * LANES;

  private final ScoreBlock scores = new ScoreBlock(new float[TILE * BLOCK], 1, BLOCK);
  private final float[] s = scores.data(); // [TILE][BLOCK]
  private final VectorSoftmax softmax = new VectorSoftmax();
  private final float[] alpha = softmax.alpha();
  private final float[] page = new float[8 * BLOCK]; // [keys or channels][BLOCK], sums of one chain

  private float[] query = new float[0]; // [headDim][BLOCK], scaled
  private float[] out = new float[0]; // [valueDim][BLOCK]
  private float[] tile = new float[0]; // [valueDim][BLOCK], the pages of a tile so far

  private int queries;
  private int lanes; // queries, rounded up to whole vectors
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
    if (out.length < valueDim * BLOCK) {
      out = new float[valueDim * BLOCK];
      tile = new float[valueDim * BLOCK];
    }
  }

  @Override
  public ScoreBlock scores() {
    return scores;
  }

  @Override
  public void begin(Rows q, int firstRow, int queries, int headDim, int valueDim, float scale) {
    this.queries = queries;
    this.lanes = (queries + LANES - 1) / LANES * LANES;
    this.headDim = headDim;
    this.valueDim = valueDim;
    softmax.begin();
    Arrays.fill(out, 0, valueDim * BLOCK, 0f);
    for (int i = 0; i < queries; i++) {
      scaleInto(query, i, q.data(), q.row(firstRow + i), headDim, scale);
    }
    for (int i = queries; i < lanes; i++) { // lanes that nobody reads
      for (int c = 0; c < headDim; c++) {
        query[c * BLOCK + i] = 0f;
      }
    }
  }

  private static void scaleInto(
      float[] query, int i, float[] q, int from, int headDim, float scale) {
    for (int c = 0; c < headDim; c++) {
      query[c * BLOCK + i] = q[from + c] * scale;
    }
  }

  @Override
  public void score(KeyValueSource source, int first, int keys) {
    readInPlace(((KeyValueRows) source).k(), first);
    int i = 0;
    for (; i + TRIPLE <= lanes; i += TRIPLE) {
      scoreTriple(i, keys);
    }
    for (; i < lanes; i += LANES) {
      scoreSingle(i, keys);
    }
  }

  private void readInPlace(Rows rows, int first) {
    data = rows.data();
    base = rows.row(first);
    stride = rows.stride();
  }

  private void scoreTriple(int i, int keys) {
    int j = 0;
    for (; j + 4 <= keys; j += 4) {
      fourKeys(i, j);
    }
    if (j < keys && keys >= 4) {
      // Computed again, the keys before have the same bits.
      fourKeys(i, keys - 4);
      return;
    }
    for (; j < keys; j++) {
      for (int v = 0; v < 3; v++) {
        oneKey(i + v * LANES, j);
      }
    }
  }

  private void scoreSingle(int i, int keys) {
    int j = 0;
    for (; j + 8 <= keys; j += 8) {
      eightKeys(i, j);
    }
    if (j < keys && keys >= 8) {
      eightKeys(i, keys - 8);
      return;
    }
    for (; j < keys; j++) {
      oneKey(i, j);
    }
  }

  private void fourKeys(int i, int j) {
    for (int c = 0; c < headDim; c += CHAIN_CHANNELS) {
      fourKeysByTriple(base + j * stride, i, c, Math.min(headDim, c + CHAIN_CHANNELS));
      addChannels(i, TRIPLE, j, 4, c == 0);
    }
  }

  private void eightKeys(int i, int j) {
    for (int c = 0; c < headDim; c += CHAIN_CHANNELS) {
      eightKeysBySingle(base + j * stride, i, c, Math.min(headDim, c + CHAIN_CHANNELS));
      addChannels(i, LANES, j, 8, c == 0);
    }
  }

  private void oneKey(int i, int j) {
    for (int c = 0; c < headDim; c += CHAIN_CHANNELS) {
      oneKeyBySingle(base + j * stride, i, c, Math.min(headDim, c + CHAIN_CHANNELS));
      addChannels(i, LANES, j, 1, c == 0);
    }
  }

  /** Adds what a chain of channels gave to the scores of the channels before. */
  private void addChannels(int i, int width, int j, int keys, boolean opens) {
    for (int key = 0; key < keys; key++) {
      int at = (j + key) * BLOCK;
      for (int lane = i; lane < i + width; lane += LANES) {
        FloatVector chain = FloatVector.fromArray(SPECIES, page, key * BLOCK + lane);
        if (!opens) {
          chain = FloatVector.fromArray(SPECIES, s, at + lane).add(chain);
        }
        chain.intoArray(s, at + lane);
      }
    }
  }

  private void fourKeysByTriple(int k, int i, int first, int end) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero;
    float[] k0 = data;
    int kb = k + stride;
    int kc = kb + stride;
    int kd = kc + stride;
    for (int c = first, at = first * BLOCK + i; c < end; c++, at += BLOCK) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, at);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, at + LANES);
      FloatVector q2 = FloatVector.fromArray(SPECIES, query, at + 2 * LANES);
      FloatVector ka = FloatVector.broadcast(SPECIES, k0[k + c]);
      a0 = q0.fma(ka, a0);
      a1 = q1.fma(ka, a1);
      a2 = q2.fma(ka, a2);
      FloatVector kbv = FloatVector.broadcast(SPECIES, k0[kb + c]);
      b0 = q0.fma(kbv, b0);
      b1 = q1.fma(kbv, b1);
      b2 = q2.fma(kbv, b2);
      FloatVector kcv = FloatVector.broadcast(SPECIES, k0[kc + c]);
      c0 = q0.fma(kcv, c0);
      c1 = q1.fma(kcv, c1);
      c2 = q2.fma(kcv, c2);
      FloatVector kdv = FloatVector.broadcast(SPECIES, k0[kd + c]);
      d0 = q0.fma(kdv, d0);
      d1 = q1.fma(kdv, d1);
      d2 = q2.fma(kdv, d2);
    }
    a0.intoArray(page, i);
    a1.intoArray(page, i + LANES);
    a2.intoArray(page, i + 2 * LANES);
    b0.intoArray(page, i + BLOCK);
    b1.intoArray(page, i + BLOCK + LANES);
    b2.intoArray(page, i + BLOCK + 2 * LANES);
    c0.intoArray(page, i + 2 * BLOCK);
    c1.intoArray(page, i + 2 * BLOCK + LANES);
    c2.intoArray(page, i + 2 * BLOCK + 2 * LANES);
    d0.intoArray(page, i + 3 * BLOCK);
    d1.intoArray(page, i + 3 * BLOCK + LANES);
    d2.intoArray(page, i + 3 * BLOCK + 2 * LANES);
  }

  private void eightKeysBySingle(int k, int i, int first, int end) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    FloatVector s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    float[] keys = data;
    int step = stride;
    for (int c = first, at = first * BLOCK + i; c < end; c++, at += BLOCK) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, at);
      int from = k + c;
      s0 = q.fma(FloatVector.broadcast(SPECIES, keys[from]), s0);
      s1 = q.fma(FloatVector.broadcast(SPECIES, keys[from + step]), s1);
      s2 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 2 * step]), s2);
      s3 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 3 * step]), s3);
      s4 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 4 * step]), s4);
      s5 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 5 * step]), s5);
      s6 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 6 * step]), s6);
      s7 = q.fma(FloatVector.broadcast(SPECIES, keys[from + 7 * step]), s7);
    }
    s0.intoArray(page, i);
    s1.intoArray(page, i + BLOCK);
    s2.intoArray(page, i + 2 * BLOCK);
    s3.intoArray(page, i + 3 * BLOCK);
    s4.intoArray(page, i + 4 * BLOCK);
    s5.intoArray(page, i + 5 * BLOCK);
    s6.intoArray(page, i + 6 * BLOCK);
    s7.intoArray(page, i + 7 * BLOCK);
  }

  private void oneKeyBySingle(int k, int i, int first, int end) {
    FloatVector score = FloatVector.zero(SPECIES);
    for (int c = first, at = first * BLOCK + i; c < end; c++, at += BLOCK) {
      score =
          FloatVector.fromArray(SPECIES, query, at)
              .fma(FloatVector.broadcast(SPECIES, data[k + c]), score);
    }
    score.intoArray(page, i);
  }

  @Override
  public void weigh(int keys) {
    for (int i = 0; i < lanes; i += LANES) {
      softmax.weigh(s, i, keys);
    }
  }

  @Override
  public void add(KeyValueSource source, int first, int keys, boolean[] visible) {
    readInPlace(((KeyValueRows) source).v(), first);
    int i = 0;
    if (visible == null) {
      for (; i + TRIPLE <= lanes; i += TRIPLE) {
        addTriple(i, keys);
      }
    }
    for (; i < lanes; i += LANES) {
      if (visible == null) {
        addSingle(i, keys);
      } else {
        addVisible(i, keys, visible);
      }
    }
  }

  private void addTriple(int i, int keys) {
    int c = 0;
    for (; c + 4 <= valueDim; c += 4) {
      for (int first = 0; first < keys; first += PAGE) {
        int end = Math.min(keys, first + PAGE);
        fourChannelsByTriple(i, c, first, end);
        joinPage(i, TRIPLE, c, 4, first, end, keys);
      }
    }
    for (; c < valueDim; c++) {
      for (int v = 0; v < 3; v++) {
        oneChannel(i + v * LANES, c, keys);
      }
    }
  }

  private void addSingle(int i, int keys) {
    int c = 0;
    for (; c + 8 <= valueDim; c += 8) {
      for (int first = 0; first < keys; first += PAGE) {
        int end = Math.min(keys, first + PAGE);
        eightChannelsBySingle(i, c, first, end);
        joinPage(i, LANES, c, 8, first, end, keys);
      }
    }
    for (; c < valueDim; c++) {
      oneChannel(i, c, keys);
    }
  }

  private void oneChannel(int i, int c, int keys) {
    for (int first = 0; first < keys; first += PAGE) {
      int end = Math.min(keys, first + PAGE);
      oneChannelBySingle(i, c, first, end);
      joinPage(i, LANES, c, 1, first, end, keys);
    }
  }

  private void fourChannelsByTriple(int i, int c, int first, int end) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero;
    float[] values = data;
    int from = base + first * stride + c;
    for (int j = first, at = first * BLOCK + i; j < end; j++, at += BLOCK, from += stride) {
      FloatVector p0 = FloatVector.fromArray(SPECIES, s, at);
      FloatVector p1 = FloatVector.fromArray(SPECIES, s, at + LANES);
      FloatVector p2 = FloatVector.fromArray(SPECIES, s, at + 2 * LANES);
      FloatVector va = FloatVector.broadcast(SPECIES, values[from]);
      a0 = p0.fma(va, a0);
      a1 = p1.fma(va, a1);
      a2 = p2.fma(va, a2);
      FloatVector vb = FloatVector.broadcast(SPECIES, values[from + 1]);
      b0 = p0.fma(vb, b0);
      b1 = p1.fma(vb, b1);
      b2 = p2.fma(vb, b2);
      FloatVector vc = FloatVector.broadcast(SPECIES, values[from + 2]);
      c0 = p0.fma(vc, c0);
      c1 = p1.fma(vc, c1);
      c2 = p2.fma(vc, c2);
      FloatVector vd = FloatVector.broadcast(SPECIES, values[from + 3]);
      d0 = p0.fma(vd, d0);
      d1 = p1.fma(vd, d1);
      d2 = p2.fma(vd, d2);
    }
    int to = i;
    a0.intoArray(page, to);
    a1.intoArray(page, to + LANES);
    a2.intoArray(page, to + 2 * LANES);
    b0.intoArray(page, to + BLOCK);
    b1.intoArray(page, to + BLOCK + LANES);
    b2.intoArray(page, to + BLOCK + 2 * LANES);
    c0.intoArray(page, to + 2 * BLOCK);
    c1.intoArray(page, to + 2 * BLOCK + LANES);
    c2.intoArray(page, to + 2 * BLOCK + 2 * LANES);
    d0.intoArray(page, to + 3 * BLOCK);
    d1.intoArray(page, to + 3 * BLOCK + LANES);
    d2.intoArray(page, to + 3 * BLOCK + 2 * LANES);
  }

  private void eightChannelsBySingle(int i, int c, int first, int end) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    FloatVector s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    float[] values = data;
    int from = base + first * stride + c;
    for (int j = first, at = first * BLOCK + i; j < end; j++, at += BLOCK, from += stride) {
      FloatVector p = FloatVector.fromArray(SPECIES, s, at);
      s0 = p.fma(FloatVector.broadcast(SPECIES, values[from]), s0);
      s1 = p.fma(FloatVector.broadcast(SPECIES, values[from + 1]), s1);
      s2 = p.fma(FloatVector.broadcast(SPECIES, values[from + 2]), s2);
      s3 = p.fma(FloatVector.broadcast(SPECIES, values[from + 3]), s3);
      s4 = p.fma(FloatVector.broadcast(SPECIES, values[from + 4]), s4);
      s5 = p.fma(FloatVector.broadcast(SPECIES, values[from + 5]), s5);
      s6 = p.fma(FloatVector.broadcast(SPECIES, values[from + 6]), s6);
      s7 = p.fma(FloatVector.broadcast(SPECIES, values[from + 7]), s7);
    }
    int to = i;
    s0.intoArray(page, to);
    s1.intoArray(page, to + BLOCK);
    s2.intoArray(page, to + 2 * BLOCK);
    s3.intoArray(page, to + 3 * BLOCK);
    s4.intoArray(page, to + 4 * BLOCK);
    s5.intoArray(page, to + 5 * BLOCK);
    s6.intoArray(page, to + 6 * BLOCK);
    s7.intoArray(page, to + 7 * BLOCK);
  }

  private void oneChannelBySingle(int i, int c, int first, int end) {
    FloatVector added = FloatVector.zero(SPECIES);
    int from = base + first * stride + c;
    for (int j = first, at = first * BLOCK + i; j < end; j++, at += BLOCK, from += stride) {
      added =
          FloatVector.fromArray(SPECIES, s, at)
              .fma(FloatVector.broadcast(SPECIES, data[from]), added);
    }
    added.intoArray(page, i);
  }

  /** The weighted values of a tile that holds NaN or infinity: selects where others multiply. */
  private void addVisible(int i, int keys, boolean[] visible) {
    for (int c = 0; c < valueDim; c++) {
      for (int first = 0; first < keys; first += PAGE) {
        FloatVector added = FloatVector.zero(SPECIES);
        int end = Math.min(keys, first + PAGE);
        for (int j = first; j < end; j++) {
          int at = j * BLOCK + i;
          VectorMask<Float> seen = VectorMask.fromArray(SPECIES, visible, at);
          FloatVector value = FloatVector.broadcast(SPECIES, data[base + j * stride + c]);
          added = added.blend(FloatVector.fromArray(SPECIES, s, at).fma(value, added), seen);
        }
        added.intoArray(page, i);
        joinPage(i, LANES, c, 1, first, end, keys);
      }
    }
  }

  /**
   * Takes the sums of a page into the tile's and, when that is complete, the tile's into the
   * output: {@code o = fma(o, α, tile)}.
   */
  private void joinPage(int i, int width, int c, int channels, int first, int end, int keys) {
    for (int channel = 0; channel < channels; channel++) {
      int at = (c + channel) * BLOCK;
      for (int lane = i; lane < i + width; lane += LANES) {
        FloatVector sums = FloatVector.fromArray(SPECIES, page, channel * BLOCK + lane);
        // Also to a first page +0 is added, as the scalar kernel does, so that none is -0.
        sums =
            first == 0 ? sums.add(0f) : FloatVector.fromArray(SPECIES, tile, at + lane).add(sums);
        if (end == keys) {
          FloatVector.fromArray(SPECIES, out, at + lane)
              .fma(FloatVector.fromArray(SPECIES, alpha, lane), sums)
              .intoArray(out, at + lane);
        } else {
          sums.intoArray(tile, at + lane);
        }
      }
    }
  }

  @Override
  public void finish(Rows rows, int firstRow) {
    for (int i = 0; i < queries; i++) {
      divideInto(rows.data(), rows.row(firstRow + i), i);
    }
  }

  private void divideInto(float[] to, int row, int i) {
    float l = softmax.sum(i);
    for (int c = 0; c < valueDim; c++) {
      to[row + c] = l == 0 ? 0f : out[c * BLOCK + i] / l + 0f;
    }
  }

  @Override
  public float max(int i) {
    return softmax.max(i);
  }

  @Override
  public float sum(int i) {
    return softmax.sum(i);
  }
}
