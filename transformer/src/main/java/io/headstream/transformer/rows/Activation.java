package io.headstream.transformer.rows;

import io.headstream.attention.internal.Checks;
import io.headstream.transformer.rows.kernel.RowBackend;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The function between the two projections of a feed-forward network.
 *
 * <p>NaN gives NaN. Those that are x times a probability give 0 for minus infinity. Safe for any
 * number of threads.
 */
public enum Activation {
  /** {@code max(0, x)}. */
  RELU(RowBackend::relu),
  /**
   * {@code x · ½ · (1 + erf(x/√2))}, the exact form. Off by at most {@code 2^-23 · |y| + 2^-25};
   * for x above -4 by at most {@code 2^-19 · |y|}.
   */
  GELU(RowBackend::gelu),
  /** {@code ½ · x · (1 + tanh(√(2/π)·(x + 0.044715·x³)))}; the same bounds. */
  GELU_TANH(RowBackend::geluTanh),
  /** {@code x · sigmoid(1.702·x)}; the same bounds. */
  QUICK_GELU(RowBackend::quickGelu),
  /** {@code x · sigmoid(x)}, also called swish; the same bounds. */
  SILU(RowBackend::silu),
  /** The hyperbolic tangent, within 3 units in the last place. */
  TANH(RowBackend::tanh),
  /**
   * {@code 1 / (1 + exp(-x))}, within {@code 2 + |x|/4} units in the last place, from -87 down to 0
   * within {@code 2^-126}.
   */
  SIGMOID(RowBackend::sigmoid);

  /** Small enough to stay in the processor's first cache between the two steps. */
  private static final int GATED_AT_ONCE = 1024;

  private static final Map<String, Activation> BY_NAME =
      new TreeMap<>(
          Map.of(
              "relu", RELU,
              "gelu", GELU,
              "gelu_new", GELU_TANH,
              "gelu_pytorch_tanh", GELU_TANH,
              "gelu_fast", GELU_TANH,
              "quick_gelu", QUICK_GELU,
              "silu", SILU,
              "swish", SILU,
              "tanh", TANH,
              "sigmoid", SIGMOID));

  private final Function function;

  Activation(Function function) {
    this.function = function;
  }

  /**
   * The activation that a Hugging Face configuration or PyTorch names, such as {@code gelu_new}.
   *
   * @throws IllegalArgumentException if there is none of that name; the message has those there are
   */
  public static Activation byName(String word) {
    Activation found = BY_NAME.get(word.toLowerCase(Locale.ROOT));
    if (found == null) {
      throw new IllegalArgumentException(
          "activation is " + word + ", expected one of " + String.join(", ", BY_NAME.keySet()));
    }
    return found;
  }

  /**
   * Applies the function to each number, in place.
   *
   * @param x {@code count} floats from {@code offset} on
   * @throws IllegalArgumentException if the array is too short
   */
  public void apply(int count, float[] x, int offset) {
    Checks.range("x", x, offset, count, 1);
    function.over(RowBackends.chosen(), count, x, offset, x, offset);
  }

  /**
   * The gated form (Shazeer 2020): {@code y = activation(gate) · up}.
   *
   * @param width channels of a row
   * @param gate rows of {@code width} floats, {@code gateStride} apart, from {@code gateOffset} on
   * @param up the same for what it is multiplied by
   * @param y {@code [rows, width]} from {@code yOffset} on; may begin where gate or up does
   * @throws IllegalArgumentException if an array is too short or a stride is less than the width
   */
  public void applyGated(
      int rows,
      int width,
      float[] gate,
      int gateOffset,
      int gateStride,
      float[] up,
      int upOffset,
      int upStride,
      float[] y,
      int yOffset) {
    Checks.rows("gate", gate, gateOffset, rows, width, gateStride);
    Checks.rows("up", up, upOffset, rows, width, upStride);
    Checks.range("y", y, yOffset, rows, width);
    RowBackend backend = RowBackends.chosen();
    float[] activated = new float[Math.min(width, GATED_AT_ONCE)];
    for (int row = 0; row < rows; row++) {
      for (int from = 0; from < width; from += GATED_AT_ONCE) {
        int count = Math.min(GATED_AT_ONCE, width - from);
        function.over(backend, count, gate, gateOffset + row * gateStride + from, activated, 0);
        int to = yOffset + row * width + from;
        backend.multiply(count, activated, 0, up, upOffset + row * upStride + from, y, to);
      }
    }
  }

  private interface Function {
    void over(RowBackend backend, int count, float[] x, int xOffset, float[] y, int yOffset);
  }
}
