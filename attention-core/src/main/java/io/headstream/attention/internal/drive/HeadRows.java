package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.Rows;

/**
 * Where the rows of each head of each member of a batch lie in one array: row {@code i} of head
 * {@code h} of member {@code b} begins at {@code offset + b · memberStride + h · headStride + i ·
 * rowStride}. A cursor that can be set again.
 */
public final class HeadRows {
  private float[] data;
  private int offset;
  private int rowStride;
  private int headStride;
  private int memberStride;

  HeadRows() {}

  /** Sets where the first row begins, and how far apart rows, heads and members are, in floats. */
  public void set(float[] data, int offset, int rowStride, int headStride, int memberStride) {
    this.data = data;
    this.offset = offset;
    this.rowStride = rowStride;
    this.headStride = headStride;
    this.memberStride = memberStride;
  }

  /** Makes a cursor over the rows of one head. */
  void select(int member, int head, Rows rows) {
    rows.set(data, offset + member * memberStride + head * headStride, rowStride);
  }
}
