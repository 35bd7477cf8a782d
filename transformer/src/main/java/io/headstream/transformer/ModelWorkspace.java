package io.headstream.transformer;

import io.headstream.transformer.layers.Buffers;
import java.util.concurrent.Executor;

/**
 * What calls of a model compute in, so that from the second call of a size on no buffer is
 * allocated. One workspace serves one call at a time, of any model; it holds nothing that a result
 * depends on.
 */
public final class ModelWorkspace {
  private static final float[] EMPTY = new float[0];

  private final Buffers buffers;
  private final SequenceBatch batch = new SequenceBatch();
  private float[] logits = EMPTY;

  /** A workspace for calls on the caller's thread. */
  public ModelWorkspace() {
    this(Runnable::run, 1);
  }

  /**
   * A workspace for calls on several threads. Results do not depend on it by a bit.
   *
   * @param executor what runs the other threads' share; may be busy or refuse
   * @param threads how many threads work at most, the caller's among them; at least 1
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public ModelWorkspace(Executor executor, int threads) {
    buffers = new Buffers(executor, threads);
  }

  Buffers buffers() {
    return buffers;
  }

  /** A batch for what is computed on the way to an answer. */
  SequenceBatch batch() {
    return batch.clear();
  }

  /** Room for logits, which may be longer. */
  float[] logits(int size) {
    if (logits.length < size) {
      logits = new float[size];
    }
    return logits;
  }
}
