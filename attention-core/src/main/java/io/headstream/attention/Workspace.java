package io.headstream.attention;

/**
 * Buffers of a call that the caller brings, so that the call allocates nothing.
 *
 * <p>They grow to what a call needs and stay: from the second call of a shape on, nothing is
 * allocated, provided that the call runs on one thread (with an executor the threads bring their
 * own). One workspace serves one call at a time, of any attention and any shape; it holds nothing
 * that the result depends on.
 */
public final class Workspace {
  private static final float[] EMPTY = new float[0];

  private final HeadAttention attention = new HeadAttention();
  private final Rows queryInput = new Rows();
  private final Rows keyInput = new Rows();
  private final Rows valueInput = new Rows();
  private final Rows output = new Rows();
  private final Rows projected = new Rows();
  private float[] queries = EMPTY;
  private float[] keys = EMPTY;
  private float[] values = EMPTY;
  private float[] concatenated = EMPTY;
  private float[] weights = EMPTY;
  private float[] sums = EMPTY;

  /** An empty workspace, which the first call fills. */
  public Workspace() {}

  HeadAttention attention() {
    return attention;
  }

  /** What a layer's queries are made of. */
  Rows queryInput() {
    return queryInput;
  }

  /** What a layer's keys are made of. */
  Rows keyInput() {
    return keyInput;
  }

  /** What a layer's values are made of. */
  Rows valueInput() {
    return valueInput;
  }

  /** Where a layer's heads, then their projection go. */
  Rows output() {
    return output;
  }

  /** Where a projection goes. */
  Rows projected() {
    return projected;
  }

  /** Projected queries. */
  float[] queries(int size) {
    return queries = grown(queries, size);
  }

  /** Projected keys. */
  float[] keys(int size) {
    return keys = grown(keys, size);
  }

  /** Projected values. */
  float[] values(int size) {
    return values = grown(values, size);
  }

  /** The heads' results beside each other, before the output projection. */
  float[] concatenated(int size) {
    return concatenated = grown(concatenated, size);
  }

  /** Weights by head where only their average is asked for. */
  float[] weights(int size) {
    return weights = grown(weights, size);
  }

  /** A row of a projection. */
  float[] sums(int size) {
    return sums = grown(sums, size);
  }

  private static float[] grown(float[] buffer, int size) {
    return buffer.length >= size ? buffer : new float[size];
  }
}
