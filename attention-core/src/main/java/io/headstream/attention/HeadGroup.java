package io.headstream.attention;

/**
 * Consecutive heads of a {@link MultiHeadAttention}: their projections and their attention (section
 * 3.2.2), up to their columns of the concatenation. What one of several parallel parts of a layer
 * does.
 *
 * <p>A view: it shares the layer's packed weights. Immutable and safe for any number of threads.
 */
public final class HeadGroup {
  private final MultiHeadAttention layer;
  private final int firstKeyValueHead;
  private final int keyValueHeads;

  HeadGroup(MultiHeadAttention layer, int firstKeyValueHead, int keyValueHeads) {
    this.layer = layer;
    this.firstKeyValueHead = firstKeyValueHead;
    this.keyValueHeads = keyValueHeads;
  }

  /** The first of the group's query heads. */
  public int firstHead() {
    return firstKeyValueHead * layer.headsPerKeyValueHead();
  }

  /** How many query heads the group has. */
  public int heads() {
    return keyValueHeads * layer.headsPerKeyValueHead();
  }

  /** How many columns of the concatenation are the group's own. */
  public int columns() {
    return heads() * layer.headDim();
  }

  /**
   * The group's columns of {@code Concat(head_1, ..., head_h)} for one sequence, on the caller's
   * thread.
   *
   * @param sequenceLength tokens, at least 0
   * @param x {@code [sequenceLength, modelDim]}, row-major, from {@code xOffset} on
   * @param out {@code [sequenceLength, columns()]}, row-major, from {@code outOffset} on
   * @param options mask, scale and dropout, as for a batch of one
   * @throws IllegalArgumentException if a range does not fit its array, or the mask or dropout has
   *     another shape
   */
  public void attend(
      int sequenceLength,
      float[] x,
      int xOffset,
      float[] out,
      int outOffset,
      AttentionOptions options) {
    Checks.range("x", x, xOffset, sequenceLength, layer.modelDim());
    Checks.range("out", out, outOffset, sequenceLength, columns());
    options.mask().check(sequenceLength, sequenceLength);
    options.dropout().check(1);
    attend(
        0,
        sequenceLength,
        new Rows(x, xOffset, layer.modelDim()),
        new Rows(out, outOffset, columns()),
        options);
  }

  /** The same without checks, for any member of a batch and any stride of the output. */
  void attend(int b, int length, Rows x, Rows out, AttentionOptions options) {
    int headDim = layer.headDim();
    int perKeyValueHead = layer.headsPerKeyValueHead();
    Rows q = new Rows(new float[length * perKeyValueHead * headDim], 0, perKeyValueHead * headDim);
    Rows k = new Rows(new float[length * headDim], 0, headDim);
    Rows v = new Rows(new float[length * headDim], 0, headDim);
    HeadAttention attention = new HeadAttention(headDim, headDim, options);
    for (int member = 0; member < keyValueHeads; member++) {
      int keyValueHead = firstKeyValueHead + member;
      int firstHead = keyValueHead * perKeyValueHead;
      layer.projectHead(x, length, keyValueHead, q, k, v);
      for (int n = 0; n < perKeyValueHead; n++) {
        attention.attend(
            b,
            firstHead + n,
            q.columns(n * headDim),
            length,
            k,
            v,
            length,
            out.columns((firstHead + n - firstHead()) * headDim));
      }
    }
  }
}
