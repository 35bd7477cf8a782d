package io.headstream.transformer.layers;

import io.headstream.attention.Projection;
import io.headstream.transformer.rows.Activation;

/**
 * The feed-forward layer of a block (section 3.3 of "Attention Is All You Need"): {@code
 * down(act(up x))}, or gated {@code down(act(gate x) · up x)}.
 */
public final class FeedForward {
  private final Projection up; // of a gated layer the gate's rows, then those of up
  private final Projection down;
  private final Activation activation;
  private final boolean gated;

  /**
   * A layer.
   *
   * @param up {@code [feedForwardDim, modelDim]}, or of a gated layer {@code [2 · feedForwardDim,
   *     modelDim]}, the gate first
   * @param down {@code [modelDim, feedForwardDim]}
   * @param activation what stands between them
   */
  public FeedForward(Projection up, Projection down, Activation activation) {
    this.up = up;
    this.down = down;
    this.activation = activation;
    this.gated = up.outputs() == 2 * down.inputs();
  }

  /**
   * Computes rows.
   *
   * @param rows how many
   * @param x {@code [rows, modelDim]} from {@code offset} on
   * @param offset where {@code x} begins, in floats
   * @param y {@code [rows, modelDim]} from 0 on; may not be {@code x}
   * @param buffers what it computes in
   */
  public void apply(int rows, float[] x, int offset, float[] y, Buffers buffers) {
    float[] inner = buffers.inner(rows, up.outputs());
    up.project(rows, x, offset, inner, 0, buffers.options());
    activate(rows, inner);
    down.project(rows, inner, 0, y, 0, buffers.options());
  }

  /** In place: of a gated layer each row comes to lie where rows before it were. */
  private void activate(int rows, float[] inner) {
    int width = down.inputs();
    if (gated) {
      activation.applyGated(rows, width, inner, 0, 2 * width, inner, width, 2 * width, inner, 0);
    } else {
      activation.apply(rows * width, inner, 0);
    }
  }
}
