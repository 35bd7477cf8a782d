package io.headstream.attention.internal.drive;

import io.headstream.attention.internal.kernel.Rows;
import java.util.Arrays;

/**
 * All that a call needs besides its arguments: arrays that grow and stay, cursors, and one object
 * for each kind of task, which takes the arguments of the call. For one call at a time.
 */
public final class Buffers {
  private static final float[] EMPTY = new float[0];

  private final HeadAttention head = new HeadAttention();
  private final ArrayAttention arrays = new ArrayAttention();
  private final CachedAttention cached = new CachedAttention();
  private final SingleQueryAttention singleQuery = new SingleQueryAttention();
  private final LayerAttention layer = new LayerAttention();
  private final ProjectionTasks projection = new ProjectionTasks();
  private final RowPositions positions = new RowPositions();
  private final Rows input = new Rows();
  private final Rows projected = new Rows();
  private Buffers[] others = new Buffers[0]; // of other threads
  private float[] queries = EMPTY;
  private float[] keys = EMPTY;
  private float[] values = EMPTY;
  private float[] concatenated = EMPTY;
  private float[] weights = EMPTY;
  private float[] sums = EMPTY;

  /** Makes room for as many threads; to be called by one of them, before the others begin. */
  void reserve(int threads) {
    int known = others.length;
    if (known < threads - 1) {
      others = Arrays.copyOf(others, threads - 1);
      for (int n = known; n < threads - 1; n++) {
        others[n] = new Buffers();
      }
    }
  }

  /** The buffers of one of the threads of a call; these for worker 0. */
  Buffers ofWorker(int worker) {
    return worker == 0 ? this : others[worker - 1];
  }

  /** What attends with one head. */
  HeadAttention head() {
    return head;
  }

  /** What attends to keys and values in arrays. */
  public ArrayAttention arrays() {
    return arrays;
  }

  /** What attends to a cache. */
  public CachedAttention cached() {
    return cached;
  }

  /** What attends with all heads of one position of a cache. */
  SingleQueryAttention singleQuery() {
    return singleQuery;
  }

  /** What projects and attends with heads of a layer. */
  LayerAttention layer() {
    return layer;
  }

  /** What projects. */
  public ProjectionTasks projection() {
    return projection;
  }

  /** Where the rows of a projection stand in their sequences. */
  RowPositions positions() {
    return positions;
  }

  /** What is projected. */
  public Rows input() {
    return input;
  }

  /** Where the projection goes. */
  public Rows projected() {
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
  public float[] concatenated(int size) {
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
