package io.headstream.attention;

import io.headstream.attention.internal.kernel.Rows;
import java.util.Arrays;

/**
 * Buffers of a call that the caller brings, so that the call allocates nothing.
 *
 * <p>They grow to what a call needs and stay: from the second call of a shape on, nothing is
 * allocated but what hands over work where the call runs on several threads. One workspace serves
 * one call at a time, of any attention and any shape; it holds nothing that the result depends on.
 */
public final class Workspace {
  private static final float[] EMPTY = new float[0];

  private final HeadAttention attention = new HeadAttention();
  private final SingleQueryAttention position = new SingleQueryAttention();
  private final Rows queryInput = new Rows();
  private final Rows keyInput = new Rows();
  private final Rows valueInput = new Rows();
  private final Rows output = new Rows();
  private final Rows projected = new Rows();
  private Workspace[] others = new Workspace[0]; // of other threads
  private float[] queries = EMPTY;
  private float[] keys = EMPTY;
  private float[] values = EMPTY;
  private float[] concatenated = EMPTY;
  private float[] weights = EMPTY;
  private float[] sums = EMPTY;

  /** An empty workspace, which the first call fills. */
  public Workspace() {}

  /** Makes room for as many threads; to be called by one of them, before the others begin. */
  Workspace reserve(int threads) {
    int known = others.length;
    if (known < threads - 1) {
      others = Arrays.copyOf(others, threads - 1);
      for (int n = known; n < threads - 1; n++) {
        others[n] = new Workspace();
      }
    }
    return this;
  }

  /** The workspace of one of the threads of a call; this one for worker 0. */
  Workspace ofWorker(int worker) {
    return worker == 0 ? this : others[worker - 1];
  }

  HeadAttention attention() {
    return attention;
  }

  /** What attends with all heads of one position of a cache. */
  SingleQueryAttention position() {
    return position;
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

  /** What a projection needs for itself. */
  float[] sums(int size) {
    return sums = grown(sums, size);
  }

  private static float[] grown(float[] buffer, int size) {
    return buffer.length >= size ? buffer : new float[size];
  }
}
