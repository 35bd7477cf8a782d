package io.headstream.attention.internal.kernel;

/**
 * Rows of a flat array that lie a fixed distance apart, such as one head's columns of {@code
 * [sequenceLength, modelDim]}. A cursor that can be set again, so that a call with a workspace
 * allocates nothing.
 */
public final class Rows {
  private float[] data;
  private int offset;
  private int stride;

  public Rows() {}

  public Rows(float[] data, int offset, int stride) {
    set(data, offset, stride);
  }

  /**
   * Sets the cursor.
   *
   * @param data the array
   * @param offset where row 0 begins
   * @param stride how far the beginning of one row lies from that of the next
   */
  public Rows set(float[] data, int offset, int stride) {
    this.data = data;
    this.offset = offset;
    this.stride = stride;
    return this;
  }

  /** The same rows as the others, beginning some columns later. */
  public Rows setColumns(Rows other, int first) {
    return set(other.data, other.offset + first, other.stride);
  }

  public float[] data() {
    return data;
  }

  public int stride() {
    return stride;
  }

  public int row(int i) {
    return offset + i * stride;
  }
}
