package io.headstream.transformer.layers;

import io.headstream.attention.AttentionMask;
import io.headstream.attention.AttentionOptions;
import io.headstream.attention.Workspace;
import java.util.concurrent.Executor;

/**
 * What a model computes in, so that a call allocates nothing. The arrays grow to what a call needs
 * and stay. For one call at a time.
 */
public final class Buffers {
  private static final float[] EMPTY = new float[0];

  /** So many rows of inner channels stay in the second cache. */
  private static final int ROWS_TOGETHER = 64;

  private final int threads;
  private final AttentionOptions options;
  private AttentionOptions masked; // the last one that was asked for
  private AttentionMask lastMask;
  private float lastScale = Float.NaN;
  private AttentionOptions unmasked;
  private float lastUnmaskedScale = Float.NaN;
  private float[] hidden = EMPTY;
  private float[] normed = EMPTY;
  private float[] part = EMPTY;
  private float[] projected = EMPTY;
  private float[] heads = EMPTY;
  private float[] inner = EMPTY;

  /**
   * Empty buffers.
   *
   * @param executor what runs other threads' share of a call
   * @param threads how many threads work at most, the caller's among them
   */
  public Buffers(Executor executor, int threads) {
    this.threads = threads;
    this.options =
        AttentionOptions.defaults().withWorkspace(new Workspace()).withExecutor(executor, threads);
  }

  /** How many rows are computed from norm to norm before the next ones. */
  int rowsTogether() {
    return ROWS_TOGETHER * threads;
  }

  /** {@return workspace and threads for a projection} */
  public AttentionOptions options() {
    return options;
  }

  /**
   * Workspace and threads for an attention.
   *
   * @param mask who sees whom; null where a cache says it
   * @param scale the factor of the scores; NaN for {@code 1/√headDim}
   * @return the options, the same object while mask and scale are the same
   */
  AttentionOptions attentionOptions(AttentionMask mask, float scale) {
    if (mask == null) {
      if (unmasked == null || Float.compare(scale, lastUnmaskedScale) != 0) {
        unmasked = scaled(options, scale);
        lastUnmaskedScale = scale;
      }
      return unmasked;
    }
    if (mask != lastMask || Float.compare(scale, lastScale) != 0) {
      masked = scaled(options.withMask(mask), scale);
      lastMask = mask;
      lastScale = scale;
    }
    return masked;
  }

  private static AttentionOptions scaled(AttentionOptions options, float scale) {
    return Float.isNaN(scale) ? options : options.withScale(scale);
  }

  /**
   * The hidden states of the call at hand.
   *
   * @param rows how many
   * @param modelDim channels of each
   * @return an array that is at least as long
   */
  public float[] hidden(int rows, int modelDim) {
    return hidden = grown(hidden, rows, modelDim);
  }

  float[] normed(int rows, int modelDim) {
    return normed = grown(normed, rows, modelDim);
  }

  /** What attention or feed-forward adds to the hidden states. */
  float[] part(int rows, int modelDim) {
    return part = grown(part, rows, modelDim);
  }

  /** Queries, keys and values. */
  float[] projected(int rows, int channels) {
    return projected = grown(projected, rows, channels);
  }

  /** Results of the heads beside each other. */
  float[] heads(int rows, int channels) {
    return heads = grown(heads, rows, channels);
  }

  /** Inner channels of a feed-forward layer. */
  float[] inner(int rows, int channels) {
    return inner = grown(inner, rows, channels);
  }

  private static float[] grown(float[] buffer, int rows, int channels) {
    long size = (long) rows * channels;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d rows of %d channels are more than an array holds".formatted(rows, channels));
    }
    return buffer.length >= size ? buffer : new float[(int) size];
  }
}
