package io.headstream.attention;

/** Keys and values as rows of the caller's arrays. */
final class KeyValueRows implements KeyValueSource {
  private final Rows k = new Rows(); // [keyLength, headDim]
  private final Rows v = new Rows(); // [keyLength, valueDim]

  Rows k() {
    return k;
  }

  Rows v() {
    return v;
  }

  @Override
  public Band band() {
    return null;
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

  @Override
  public boolean valuesFinite(int first, int keys, int valueDim) {
    float[] data = v.data();
    float nonFinite = 0;
    for (int j = 0; j < keys; j++) {
      int row = v.row(first + j);
      for (int c = row; c < row + valueDim; c++) {
        nonFinite += data[c] - data[c]; // 0 for a finite value, NaN for any other
      }
    }
    return nonFinite == 0;
  }
}
