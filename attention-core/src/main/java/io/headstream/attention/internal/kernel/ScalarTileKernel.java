package io.headstream.attention.internal.kernel;

import io.headstream.attention.internal.mask.ScoreBlock;
import io.headstream.attention.internal.mask.ScoreRegion;
import java.util.Arrays;

/**
 * The kernel without the Vector API, in loops over arrays of their own that C2 vectorises.
 *
 * <p>Lanes are keys in the product with K, and channels in the product with V.
 */
public final class ScalarTileKernel implements TileKernel {
  private final int block; // queries of a block, at most
  private final ScoreBlock scores;
  private final float[] row = new float[TILE]; // scores of one query, then its weights
  private final float[] more = new float[TILE]; // what further channels add to the scores
  private final float[] chains = new float[CHAINS];
  private final float[] max; // by query of the block
  private final float[] sum;
  private final float[] alpha;

  // Rows may be longer than headDim and valueDim: buffers only grow.
  private float[][] query = new float[0][]; // [queries][headDim], scaled
  private float[][] tileKeys = new float[0][]; // [headDim][TILE]
  private float[][] tileValues = new float[TILE][0]; // [keys][valueDim]
  private float[][] out = new float[0][]; // [queries][valueDim]
  private float[] tileOut = new float[0]; // [valueDim]
  private float[] pageOut = new float[0]; // [valueDim]

  private int queries;
  private int headDim;
  private int valueDim;

  public ScalarTileKernel(int block) {
    this.block = block;
    this.scores = ScoreBlock.ofRows(new float[block * TILE], TILE);
    this.max = new float[block];
    this.sum = new float[block];
    this.alpha = new float[block];
  }

  @Override
  public void reserve(int headDim, int valueDim) {
    if (tileKeys.length < headDim) {
      tileKeys = new float[headDim][TILE];
      query = new float[block][headDim];
    }
    if (tileOut.length < valueDim) {
      tileValues = new float[TILE][valueDim];
      out = new float[block][valueDim];
      tileOut = new float[valueDim];
      pageOut = new float[valueDim];
    }
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
    Arrays.fill(max, -Float.MAX_VALUE);
    Arrays.fill(sum, 0f);
    for (int i = 0; i < queries; i++) {
      Arrays.fill(out[i], 0, valueDim, 0f);
      int from = q.row(firstRow + i);
      for (int c = 0; c < headDim; c++) {
        query[i][c] = q.data()[from + c] * scale;
      }
    }
  }

  @Override
  public void score(KeyValueSource source, ScoreRegion region) {
    source.loadKeys(region.firstKey, region.keys, headDim, tileKeys);
    for (int i = 0; i < queries; i++) {
      int keys = region.end(i);
      scoreRow(query[i], keys);
      System.arraycopy(row, 0, scores.data(), scores.at(i, 0), keys);
    }
  }

  private void scoreRow(float[] scaled, int keys) {
    Chains.columns(row, tileKeys, scaled, 0, Math.min(CHAIN_CHANNELS, headDim), 0, keys);
    for (int c = CHAIN_CHANNELS; c < headDim; c += CHAIN_CHANNELS) {
      int channels = Math.min(CHAIN_CHANNELS, headDim - c);
      Chains.rows(more, tileKeys, c, scaled, c, channels, 0, keys);
      addMore(row, more, keys);
    }
  }

  private static void addMore(float[] sum, float[] more, int n) {
    for (int j = 0; j < n; j++) {
      sum[j] += more[j];
    }
  }

  @Override
  public void weigh(ScoreRegion region) {
    for (int i = 0; i < queries; i++) {
      int keys = region.end(i);
      System.arraycopy(scores.data(), scores.at(i, 0), row, 0, keys);
      float newMax = maximum(max[i], row, keys);
      weights(row, keys, newMax);
      alpha[i] = Exp.exp(max[i] - newMax);
      max[i] = newMax;
      sum[i] = Math.fma(sum[i], alpha[i], sumOfWeights(keys));
      System.arraycopy(row, 0, scores.data(), scores.at(i, 0), keys);
    }
  }

  @Override
  public void add(KeyValueSource source, ScoreRegion region, boolean[] visible) {
    source.loadValues(region.firstKey, region.keys, valueDim, tileValues);
    for (int i = 0; i < queries; i++) {
      int keys = region.end(i);
      System.arraycopy(scores.data(), scores.at(i, 0), row, 0, keys);
      Arrays.fill(tileOut, 0, valueDim, 0f);
      for (int page = 0; page < keys; page += PAGE) {
        int pageKeys = Math.min(PAGE, keys - page);
        if (visible == null) {
          Chains.rows(pageOut, tileValues, page, row, page, pageKeys, 0, valueDim);
        } else {
          sumVisible(i, page, pageKeys, visible);
        }
        addMore(tileOut, pageOut, valueDim);
      }
      rescale(out[i], alpha[i], tileOut, valueDim);
    }
  }

  @Override
  public void finish(Rows rows, int firstRow) {
    for (int i = 0; i < queries; i++) {
      int to = rows.row(firstRow + i);
      for (int c = 0; c < valueDim; c++) {
        rows.data()[to + c] = sum[i] == 0 ? 0f : out[i][c] / sum[i] + 0f;
      }
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

  private static float maximum(float start, float[] scores, int n) {
    float max = start;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, scores[j]);
    }
    return max;
  }

  private static void weights(float[] scores, int n, float max) {
    for (int j = 0; j < n; j++) {
      scores[j] = Exp.exp(scores[j] - max);
    }
  }

  private float sumOfWeights(int n) {
    Arrays.fill(chains, 0f);
    for (int j = 0; j < n; j++) {
      chains[j % CHAINS] += row[j];
    }
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        chains[lane] += chains[lane + half];
      }
    }
    return chains[0];
  }

  /** The weighted values of a page that holds NaN or infinity: selects where others multiply. */
  private void sumVisible(int i, int page, int pageKeys, boolean[] visible) {
    Arrays.fill(pageOut, 0, valueDim, 0f);
    for (int j = page; j < page + pageKeys; j++) {
      if (visible[scores.at(i, j)]) {
        for (int c = 0; c < valueDim; c++) {
          pageOut[c] = Math.fma(row[j], tileValues[j][c], pageOut[c]);
        }
      }
    }
  }

  private static void rescale(float[] out, float alpha, float[] tile, int n) {
    for (int c = 0; c < n; c++) {
      out[c] = Math.fma(out[c], alpha, tile[c]);
    }
  }
}
