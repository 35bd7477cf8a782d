package io.headstream.transformer.layers;

import io.headstream.attention.Projection;
import io.headstream.transformer.rows.Activation;

/**
 * The feed-forward layer of a block (section 3.3 of "Attention Is All You Need"): {@code
 * down(act(up x))}, or gated {@code down(act(gate x) · up x)}.
 */
public final class FeedForward {
  /** Rows whose inner channels are computed together, so that they stay in the cache. */
  private static final int ROWS_AT_ONCE = 96;

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
   * @param x {@code [rows, modelDim]} from 0 on
   * @param y {@code [rows, modelDim]} from 0 on; may not be {@code x}
   * @param buffers what it computes in
   */
  public void apply(int rows, float[] x, float[] y, Buffers buffers) {
    int modelDim = up.inputs();
    int together = Math.min(rows, ROWS_AT_ONCE * buffers.threads());
    float[] inner = buffers.inner(together, up.outputs());
    for (int row = 0; row < rows; row += together) {
      int count = Math.min(together, rows - row);
      up.project(count, x, row * modelDim, inner, 0, buffers.options());
      activate(count, inner);
      down.project(count, inner, 0, y, row * modelDim, buffers.options());
    }
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
