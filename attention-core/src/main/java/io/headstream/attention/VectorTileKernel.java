package io.headstream.attention;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernel on the Vector API. Lanes are queries, so that nothing is ever added across lanes: the
 * scores are {@code Sᵀ = K·Qᵀ}, the softmax runs down the lanes, the result is {@code Oᵀ = Vᵀ·Pᵀ}.
 *
 * <p>Three vectors of queries by four keys (or four channels) are twelve sums, which stay in
 * registers. Keys and values are read where they lie, one number at a time for all lanes.
 */
final class VectorTileKernel implements TileKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Queries of three vectors. */
  private static final int TRIPLE = 3 * LANES;

  private final ScoreBlock scores = new ScoreBlock(new float[TILE * BLOCK], 1, BLOCK);
  private final float[] s = scores.data(); // [TILE][BLOCK]
  private final float[] max = new float[BLOCK];
  private final float[] sum = new float[BLOCK];
  private final float[] alpha = new float[BLOCK];
  private final float[] chains = new float[CHAINS * LANES];

  private float[] query = new float[0]; // [headDim][BLOCK], scaled
  private float[] out = new float[0]; // [valueDim][BLOCK]
  private float[][] loaded = new float[0][]; // [channels][TILE], what does not lie in rows
  private float[][] loadedValues = new float[0][];
  private float[] copied = new float[0]; // [TILE][channels], the same as rows

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
      loaded = new float[headDim][TILE];
    }
    if (out.length < valueDim * BLOCK) {
      out = new float[valueDim * BLOCK];
      loadedValues = new float[TILE][valueDim];
    }
    if (copied.length < TILE * Math.max(headDim, valueDim)) {
      copied = new float[TILE * Math.max(headDim, valueDim)];
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
    Arrays.fill(max, -Float.MAX_VALUE);
    Arrays.fill(sum, 0f);
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
    if (source instanceof KeyValueRows rows) {
      readInPlace(rows.k(), first);
    } else {
      source.loadKeys(first, keys, headDim, loaded);
      for (int j = 0; j < keys; j++) {
        for (int c = 0; c < headDim; c++) {
          copied[j * headDim + c] = loaded[c][j];
        }
      }
      readCopied(headDim);
    }
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

  private void readCopied(int channels) {
    data = copied;
    base = 0;
    stride = channels;
  }

  private void scoreTriple(int i, int keys) {
    int j = 0;
    for (; j + 4 <= keys; j += 4) {
      fourKeysByTriple(base + j * stride, i, j);
    }
    if (j < keys && keys >= 4) {
      // Computed again, the keys before have the same bits.
      fourKeysByTriple(base + (keys - 4) * stride, i, keys - 4);
      return;
    }
    for (; j < keys; j++) {
      for (int v = 0; v < 3; v++) {
        oneKeyBySingle(base + j * stride, i + v * LANES, j);
      }
    }
  }

  private void scoreSingle(int i, int keys) {
    int j = 0;
    for (; j + 8 <= keys; j += 8) {
      eightKeysBySingle(base + j * stride, i, j);
    }
    if (j < keys && keys >= 8) {
      eightKeysBySingle(base + (keys - 8) * stride, i, keys - 8);
      return;
    }
    for (; j < keys; j++) {
      oneKeyBySingle(base + j * stride, i, j);
    }
  }

  private void fourKeysByTriple(int k, int i, int j) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero;
    float[] k0 = data;
    int kb = k + stride;
    int kc = kb + stride;
    int kd = kc + stride;
    for (int c = 0, at = i; c < headDim; c++, at += BLOCK) {
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
    int to = j * BLOCK + i;
    a0.intoArray(s, to);
    a1.intoArray(s, to + LANES);
    a2.intoArray(s, to + 2 * LANES);
    b0.intoArray(s, to + BLOCK);
    b1.intoArray(s, to + BLOCK + LANES);
    b2.intoArray(s, to + BLOCK + 2 * LANES);
    c0.intoArray(s, to + 2 * BLOCK);
    c1.intoArray(s, to + 2 * BLOCK + LANES);
    c2.intoArray(s, to + 2 * BLOCK + 2 * LANES);
    d0.intoArray(s, to + 3 * BLOCK);
    d1.intoArray(s, to + 3 * BLOCK + LANES);
    d2.intoArray(s, to + 3 * BLOCK + 2 * LANES);
  }

  private void eightKeysBySingle(int k, int i, int j) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    FloatVector s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    float[] keys = data;
    int step = stride;
    for (int c = 0, at = i; c < headDim; c++, at += BLOCK) {
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
    int to = j * BLOCK + i;
    s0.intoArray(s, to);
    s1.intoArray(s, to + BLOCK);
    s2.intoArray(s, to + 2 * BLOCK);
    s3.intoArray(s, to + 3 * BLOCK);
    s4.intoArray(s, to + 4 * BLOCK);
    s5.intoArray(s, to + 5 * BLOCK);
    s6.intoArray(s, to + 6 * BLOCK);
    s7.intoArray(s, to + 7 * BLOCK);
  }

  private void oneKeyBySingle(int k, int i, int j) {
    FloatVector score = FloatVector.zero(SPECIES);
    for (int c = 0, at = i; c < headDim; c++, at += BLOCK) {
      score =
          FloatVector.fromArray(SPECIES, query, at)
              .fma(FloatVector.broadcast(SPECIES, data[k + c]), score);
    }
    score.intoArray(s, j * BLOCK + i);
  }

  @Override
  public void weigh(int keys) {
    for (int i = 0; i < lanes; i += LANES) {
      FloatVector oldMax = FloatVector.fromArray(SPECIES, max, i);
      FloatVector newMax = maximum(oldMax, i, keys);
      FloatVector rescale = exp(oldMax.sub(newMax));
      newMax.intoArray(max, i);
      rescale.intoArray(alpha, i);
      weights(i, keys);
      sumChains(i, keys);
      FloatVector.fromArray(SPECIES, sum, i).fma(rescale, joinChains()).intoArray(sum, i);
    }
  }

  private FloatVector maximum(FloatVector start, int i, int keys) {
    FloatVector m = start;
    for (int j = 0, at = i; j < keys; j++, at += BLOCK) {
      m = m.max(FloatVector.fromArray(SPECIES, s, at));
    }
    return m;
  }

  private void weights(int i, int keys) {
    FloatVector m = FloatVector.fromArray(SPECIES, max, i);
    for (int j = 0, at = i; j < keys; j++, at += BLOCK) {
      exp(FloatVector.fromArray(SPECIES, s, at).sub(m)).intoArray(s, at);
    }
  }

  /** {@link Exp#exp}, lane by lane. */
  private static FloatVector exp(FloatVector x) {
    FloatVector log2e = FloatVector.broadcast(SPECIES, Exp.LOG2_E);
    FloatVector shift = FloatVector.broadcast(SPECIES, Exp.SHIFT);
    FloatVector clamped = x.max(FloatVector.broadcast(SPECIES, Exp.LOWEST));
    FloatVector shifted = clamped.fma(log2e, shift);
    FloatVector f = clamped.fma(log2e, shift.sub(shifted));
    FloatVector p = FloatVector.broadcast(SPECIES, Exp.C6);
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C5));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C4));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C3));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C2));
    p = p.fma(f, FloatVector.broadcast(SPECIES, Exp.C1));
    p = p.fma(f, FloatVector.broadcast(SPECIES, 1f));
    IntVector bits =
        shifted
            .reinterpretAsInts()
            .add(Exp.EXPONENT_BIAS)
            .lanewise(VectorOperators.LSHL, Exp.MANTISSA_BITS);
    return p.mul(bits.reinterpretAsFloats());
  }

  private void sumChains(int i, int keys) {
    for (int chain = 0; chain < CHAINS; chain++) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = chain; j < keys; j += CHAINS) {
        added = added.add(FloatVector.fromArray(SPECIES, s, j * BLOCK + i));
      }
      added.intoArray(chains, chain * LANES);
    }
  }

  private FloatVector joinChains() {
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int chain = 0; chain < half; chain++) {
        FloatVector.fromArray(SPECIES, chains, chain * LANES)
            .add(FloatVector.fromArray(SPECIES, chains, (chain + half) * LANES))
            .intoArray(chains, chain * LANES);
      }
    }
    return FloatVector.fromArray(SPECIES, chains, 0);
  }

  @Override
  public void add(KeyValueSource source, int first, int keys, boolean[] visible) {
    if (source instanceof KeyValueRows rows) {
      readInPlace(rows.v(), first);
    } else {
      source.loadValues(first, keys, valueDim, loadedValues);
      for (int j = 0; j < keys; j++) {
        System.arraycopy(loadedValues[j], 0, copied, j * valueDim, valueDim);
      }
      readCopied(valueDim);
    }
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
      fourChannelsByTriple(base + c, i, c, keys);
    }
    for (; c < valueDim; c++) {
      for (int v = 0; v < 3; v++) {
        oneChannelBySingle(base + c, i + v * LANES, c, keys);
      }
    }
  }

  private void addSingle(int i, int keys) {
    int c = 0;
    for (; c + 8 <= valueDim; c += 8) {
      eightChannelsBySingle(base + c, i, c, keys);
    }
    for (; c < valueDim; c++) {
      oneChannelBySingle(base + c, i, c, keys);
    }
  }

  private void fourChannelsByTriple(int v, int i, int c, int keys) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector a0 = zero, a1 = zero, a2 = zero;
    FloatVector b0 = zero, b1 = zero, b2 = zero;
    FloatVector c0 = zero, c1 = zero, c2 = zero;
    FloatVector d0 = zero, d1 = zero, d2 = zero;
    float[] values = data;
    for (int j = 0, at = i; j < keys; j++, at += BLOCK) {
      FloatVector p0 = FloatVector.fromArray(SPECIES, s, at);
      FloatVector p1 = FloatVector.fromArray(SPECIES, s, at + LANES);
      FloatVector p2 = FloatVector.fromArray(SPECIES, s, at + 2 * LANES);
      int from = v + j * stride;
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
    int to = c * BLOCK + i;
    join(a0, to, i);
    join(a1, to + LANES, i + LANES);
    join(a2, to + 2 * LANES, i + 2 * LANES);
    join(b0, to + BLOCK, i);
    join(b1, to + BLOCK + LANES, i + LANES);
    join(b2, to + BLOCK + 2 * LANES, i + 2 * LANES);
    join(c0, to + 2 * BLOCK, i);
    join(c1, to + 2 * BLOCK + LANES, i + LANES);
    join(c2, to + 2 * BLOCK + 2 * LANES, i + 2 * LANES);
    join(d0, to + 3 * BLOCK, i);
    join(d1, to + 3 * BLOCK + LANES, i + LANES);
    join(d2, to + 3 * BLOCK + 2 * LANES, i + 2 * LANES);
  }

  private void eightChannelsBySingle(int v, int i, int c, int keys) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    FloatVector s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    float[] values = data;
    for (int j = 0, at = i, from = v; j < keys; j++, at += BLOCK, from += stride) {
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
    int to = c * BLOCK + i;
    join(s0, to, i);
    join(s1, to + BLOCK, i);
    join(s2, to + 2 * BLOCK, i);
    join(s3, to + 3 * BLOCK, i);
    join(s4, to + 4 * BLOCK, i);
    join(s5, to + 5 * BLOCK, i);
    join(s6, to + 6 * BLOCK, i);
    join(s7, to + 7 * BLOCK, i);
  }

  private void oneChannelBySingle(int v, int i, int c, int keys) {
    FloatVector added = FloatVector.zero(SPECIES);
    for (int j = 0, at = i, from = v; j < keys; j++, at += BLOCK, from += stride) {
      added =
          FloatVector.fromArray(SPECIES, s, at)
              .fma(FloatVector.broadcast(SPECIES, data[from]), added);
    }
    join(added, c * BLOCK + i, i);
  }

  /** The weighted values of a tile that holds NaN or infinity: selects where others multiply. */
  private void addVisible(int i, int keys, boolean[] visible) {
    for (int c = 0; c < valueDim; c++) {
      FloatVector added = FloatVector.zero(SPECIES);
      for (int j = 0; j < keys; j++) {
        int at = j * BLOCK + i;
        VectorMask<Float> seen = VectorMask.fromArray(SPECIES, visible, at);
        FloatVector value = FloatVector.broadcast(SPECIES, data[base + j * stride + c]);
        added = added.blend(FloatVector.fromArray(SPECIES, s, at).fma(value, added), seen);
      }
      join(added, c * BLOCK + i, i);
    }
  }

  /** {@code o = fma(o, α, tile)}. */
  private void join(FloatVector tile, int at, int i) {
    FloatVector.fromArray(SPECIES, out, at)
        .fma(FloatVector.fromArray(SPECIES, alpha, i), tile)
        .intoArray(out, at);
  }

  @Override
  public void finish(Rows rows, int firstRow) {
    for (int i = 0; i < queries; i++) {
      divideInto(rows.data(), rows.row(firstRow + i), i);
    }
  }

  private void divideInto(float[] to, int row, int i) {
    float l = sum[i];
    for (int c = 0; c < valueDim; c++) {
      to[row + c] = l == 0 ? 0f : out[c * BLOCK + i] / l + 0f;
    }
  }

  @Override
  public float max(int i) {
    return max[i];
  }

  @Override
  public float sum(int i) {
    return sum[i];
  }
}
