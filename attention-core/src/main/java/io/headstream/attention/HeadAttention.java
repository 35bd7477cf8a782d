package io.headstream.attention;

import java.util.Arrays;

/**
 * Scaled dot-product attention of one head, {@code softmax(Q·Kᵀ·scale + mask)·V} (equation 1), by
 * tiles of keys with a running softmax, so that working memory does not grow with the product of
 * the lengths.
 *
 * <p>Every bit of the result is decided by these rules and by nothing else:
 *
 * <ul>
 *   <li>Q is multiplied by the scale once; a score is one chain of multiply-adds over the channels.
 *   <li>A tile begins at a multiple of 128 of the key's position. Its weights are added in 16
 *       chains (key mod 16) joined as a fixed tree; its weighted values are one chain over the
 *       keys.
 *   <li>Tiles are joined by {@code l = fma(l, α, tileSum)}, {@code o = fma(o, α, tile)} with {@code
 *       α = exp(oldMax - newMax)}. A tile that a row does not see changes nothing.
 * </ul>
 */
final class HeadAttention {
  /** Keys of a tile. */
  static final int TILE = 128;

  /** Chains in which the weights of a tile are added. */
  static final int CHAINS = 16;

  private final int headDim;
  private final int valueDim;
  private final float scale;
  private final AttentionMask mask;
  private final Dropout dropout;

  // One tile: keys transposed, so that lanes are keys; values as they are, so that lanes are
  // channels.
  private final float[][] tileKeys; // [headDim][TILE]
  private final float[][] tileValues; // [TILE][valueDim]
  private boolean tileValuesFinite;

  // One query against one tile.
  private final float[] query; // [headDim], scaled
  private final float[] scores = new float[TILE]; // then the weights
  private final float[] tileOut; // [valueDim]
  private final float[] chains = new float[CHAINS];

  HeadAttention(int headDim, int valueDim, AttentionOptions options) {
    this.headDim = headDim;
    this.valueDim = valueDim;
    this.scale = options.scale(headDim);
    this.mask = options.mask();
    this.dropout = options.dropout();
    this.tileKeys = new float[headDim][TILE];
    this.tileValues = new float[TILE][valueDim];
    this.query = new float[headDim];
    this.tileOut = new float[valueDim];
  }

  /**
   * Attends with one head.
   *
   * @param b member of the batch, for dropout
   * @param head query head, for dropout
   * @param q {@code [queryLength, headDim]}
   * @param k {@code [keyLength, headDim]}
   * @param v {@code [keyLength, valueDim]}
   * @param out {@code [queryLength, valueDim]}; no other argument's memory
   */
  void attend(int b, int head, Rows q, int queryLength, Rows k, Rows v, int keyLength, Rows out) {
    float[] max = new float[queryLength]; // running maximum of each row's scores
    float[] sum = new float[queryLength]; // running sum of each row's weights, l
    Arrays.fill(max, -Float.MAX_VALUE);
    for (int i = 0; i < queryLength; i++) {
      Arrays.fill(out.data(), out.row(i), out.row(i) + valueDim, 0f);
    }
    for (int tileStart = 0; tileStart < keyLength; tileStart += TILE) {
      int firstQuery = mask.firstQuerySeeing(tileStart);
      if (firstQuery >= queryLength) {
        break;
      }
      int keys = Math.min(TILE, keyLength - tileStart);
      loadTile(k, v, tileStart, keys);
      for (int i = firstQuery; i < queryLength; i++) {
        int visible = Math.min(keys, mask.visibleEnd(i, keyLength) - tileStart);
        long dropoutRow = dropout.isOff() ? 0 : dropout.row(b, head, i);
        addTile(i, q, tileStart, visible, dropoutRow, max, sum, out);
      }
    }
    for (int i = 0; i < queryLength; i++) {
      divideBySum(out.data(), out.row(i), sum[i]);
    }
  }

  private void loadTile(Rows k, Rows v, int tileStart, int keys) {
    float nonFinite = 0;
    for (int j = 0; j < keys; j++) {
      int keyRow = k.row(tileStart + j);
      for (int c = 0; c < headDim; c++) {
        tileKeys[c][j] = k.data()[keyRow + c];
      }
      int valueRow = v.row(tileStart + j);
      System.arraycopy(v.data(), valueRow, tileValues[j], 0, valueDim);
      for (float value : tileValues[j]) {
        nonFinite += value - value; // 0 for a finite value, NaN for any other
      }
    }
    tileValuesFinite = nonFinite == 0;
  }

  /** Takes query {@code i} over the first {@code visible} keys of the loaded tile. */
  private void addTile(
      int i,
      Rows q,
      int tileStart,
      int visible,
      long dropoutRow,
      float[] max,
      float[] sum,
      Rows out) {
    scaleQuery(q, i);
    scoreTile(visible);
    if (mask.hasHoles()) {
      hide(i, tileStart, visible);
    }
    float oldMax = max[i];
    float newMax = maximum(oldMax, scores, visible);
    boolean[] hidden = tileValuesFinite ? null : hiddenKeys(i, tileStart, visible);
    weigh(scores, visible, newMax);
    float tileSum = sumOfWeights(visible);
    if (!dropout.isOff()) {
      drop(dropoutRow, tileStart, visible);
    }
    if (hidden == null) {
      Chains.weightedSum(tileOut, tileValues, scores, visible);
    } else {
      weightedSumOfVisible(hidden, visible);
    }
    float alpha = Exp.exp(oldMax - newMax);
    sum[i] = Math.fma(sum[i], alpha, tileSum);
    max[i] = newMax;
    float[] o = out.data();
    int row = out.row(i);
    for (int c = 0; c < valueDim; c++) {
      o[row + c] = Math.fma(o[row + c], alpha, tileOut[c]);
    }
  }

  private void scaleQuery(Rows q, int i) {
    int row = q.row(i);
    for (int c = 0; c < headDim; c++) {
      query[c] = q.data()[row + c] * scale;
    }
  }

  private void scoreTile(int visible) {
    Chains.columns(scores, tileKeys, query, 0, headDim, 0, visible);
  }

  private void hide(int i, int tileStart, int visible) {
    for (int j = 0; j < visible; j++) {
      if (!mask.mayAttend(i, tileStart + j)) {
        scores[j] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Which keys the weights of 0 must not meet, since 0 · NaN is NaN. */
  private boolean[] hiddenKeys(int i, int tileStart, int visible) {
    boolean[] hidden = new boolean[visible];
    for (int j = 0; j < visible; j++) {
      hidden[j] = !mask.mayAttend(i, tileStart + j);
    }
    return hidden;
  }

  private static float maximum(float start, float[] scores, int n) {
    float max = start;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, scores[j]);
    }
    return max;
  }

  private static void weigh(float[] scores, int n, float max) {
    for (int j = 0; j < n; j++) {
      scores[j] = Exp.exp(scores[j] - max);
    }
  }

  private float sumOfWeights(int n) {
    Arrays.fill(chains, 0f);
    for (int j = 0; j < n; j++) {
      chains[j % CHAINS] += scores[j];
    }
    for (int half = CHAINS / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        chains[lane] += chains[lane + half];
      }
    }
    return chains[0];
  }

  private void drop(long dropoutRow, int tileStart, int n) {
    float kept = dropout.keptScale();
    for (int j = 0; j < n; j++) {
      scores[j] = dropout.keeps(dropoutRow, tileStart + j) ? scores[j] * kept : 0f;
    }
  }

  /** The weighted sum of a tile that holds NaN or infinity: selects where the other multiplies. */
  private void weightedSumOfVisible(boolean[] hidden, int n) {
    Arrays.fill(tileOut, 0f);
    for (int j = 0; j < n; j++) {
      if (!hidden[j]) {
        for (int c = 0; c < valueDim; c++) {
          tileOut[c] = Math.fma(scores[j], tileValues[j][c], tileOut[c]);
        }
      }
    }
  }

  /** A row that saw nothing has the sum 0 and gives zeros. Adding +0 leaves no -0 behind. */
  private void divideBySum(float[] o, int row, float sum) {
    for (int c = 0; c < valueDim; c++) {
      o[row + c] = sum == 0 ? 0f : o[row + c] / sum + 0f;
    }
  }
}
