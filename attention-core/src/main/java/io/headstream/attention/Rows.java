package io.headstream.attention;

/**
 * Rows of a flat array that lie a fixed distance apart, such as one head's columns of {@code
 * [sequenceLength, modelDim]}.
 *
 * @param data the array
 * @param offset where row 0 begins
 * @param stride how far the beginning of one row lies from that of the next
 */
record Rows(float[] data, int offset, int stride) {
  int row(int i) {
    return offset + i * stride;
  }

  /** The same rows, beginning some columns later. */
  Rows columns(int first) {
    return new Rows(data, offset + first, stride);
  }
}
