package io.headstream.attention.internal.kernel;

import java.util.Arrays;

/** Keys and values as rows of the caller's arrays. */
public final class KeyValueRows implements KeyValueSource {
  private final Backend backend;
  private final Rows k = new Rows(); // [keyLength, headDim]
  private final Rows v = new Rows(); // [keyLength, valueDim]

  // By tile: the key it began at plus 1, or 0, and whether its values are finite.
  private int[] known = new int[0];
  private boolean[] finite = new boolean[0];

  /**
   * Rows to be set.
   *
   * @param backend what looks for values that are not finite
   */
  public KeyValueRows(Backend backend) {
    this.backend = backend;
  }

  public Rows k() {
    return k;
  }

  public Rows v() {
    return v;
  }

  @Override
  public int nextTile(int first) {
    return first;
  }

  @Override
  public void loadKeys(int first, int keys, int headDim, float[][] into) {
    float[] data = k.data();
    for (int j = 0; j < keys; j++) {
      int row = k.row(first + j);
      for (int c = 0; c < headDim; c++) {
        into[c][j] = data[row + c];
      }
    }
  }

  @Override
  public void loadValues(int first, int keys, int valueDim, float[][] into) {
    for (int j = 0; j < keys; j++) {
      System.arraycopy(v.data(), v.row(first + j), into[j], 0, valueDim);
    }
  }

  /** Forgets what it knew of the values, which may be others from now on. */
  public void begin(int keyLength) {
    int tiles = (keyLength + TILE - 1) / TILE + 1; // packed documents may begin inside a tile
    if (known.length < tiles) {
      known = new int[tiles];
      finite = new boolean[tiles];
    }
    Arrays.fill(known, 0, tiles, 0);
  }

  /** Looks once at each tile, however many blocks of queries come by. */
  @Override
  public boolean valuesFinite(int first, int keys, int valueDim) {
    int tile = first / TILE;
    if (known[tile] != first + 1) {
      known[tile] = first + 1;
      finite[tile] = allFinite(first, keys, valueDim);
    }
    return finite[tile];
  }

  private boolean allFinite(int first, int keys, int valueDim) {
    if (v.stride() == valueDim) {
      return backend.allFinite(v.data(), v.row(first), 1, 0, keys * valueDim);
    }
    return backend.allFinite(v.data(), v.row(first), keys, v.stride(), valueDim);
  }

  /** Whether rows are finite: one more in an exponent of all ones carries into the sign. */
  public static boolean allFinite(float[] data, int from, int rows, int stride, int n) {
    int signs = 0;
    for (int row = 0, start = from; row < rows; row++, start += stride) {
      for (int c = start; c < start + n; c++) {
        signs |= (Float.floatToRawIntBits(data[c]) & Integer.MAX_VALUE) + (1 << 23);
      }
    }
    return signs >= 0;
  }
}
