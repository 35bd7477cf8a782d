package io.headstream.attention;

import io.headstream.attention.internal.Checks;
import io.headstream.attention.internal.drive.Backends;
import io.headstream.attention.internal.drive.Buffers;
import io.headstream.attention.internal.drive.CallOptions;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.ProjectionPacker;
import io.headstream.attention.internal.kernel.Rows;

/**
 * A linear layer, {@code y = x·Wᵀ + b}, whose weights were packed once for the processor at hand:
 * the projections of section 3.2.2 of "Attention Is All You Need", and PyTorch's {@code nn.Linear}.
 *
 * <p>Each output element is one chain of fused multiply-adds over the input channels in increasing
 * order, from +0; the bias is added last. Each row is on its own, so that rows of any sequences may
 * stand in one call, and the result does not depend by a bit on what else is in the call, on which
 * output channels are asked for, on threads, JIT state or the machine. NaN and infinity behave as
 * IEEE 754 says, and touch their own row alone.
 *
 * <p>Holds its own copy of the weights and nothing else. Immutable and safe for any number of
 * threads.
 */
public final class Projection {
  private final PackedProjection packed;
  private final int outputs;
  private final int inputs;

  private Projection(PackedProjection packed, int outputs, int inputs) {
    this.packed = packed;
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /**
   * A projection of weights that lie in an array.
   *
   * @param weight {@code [outputs, inputs]}, row-major, as in PyTorch; copied
   * @param bias {@code [outputs]}, or null; copied
   * @param outputs output channels, at least 1
   * @param inputs input channels, at least 1
   * @return the projection
   * @throws IllegalArgumentException if a number is below 1, an array has another size, or the
   *     weights are more than an array holds
   */
  public static Projection of(float[] weight, float[] bias, int outputs, int inputs) {
    Builder builder = builder(outputs, inputs);
    if (weight.length != Checks.size("weight", outputs, inputs)) {
      throw new IllegalArgumentException(
          "weight has %d floats, expected [%d, %d]".formatted(weight.length, outputs, inputs));
    }
    return builder.add(outputs, weight, 0).build(bias);
  }

  /**
   * A projection whose weights come a few rows at a time, so that a large matrix can be packed
   * while it is read.
   *
   * @param outputs output channels, at least 1
   * @param inputs input channels, at least 1
   * @return what takes the rows
   * @throws IllegalArgumentException if a number is below 1, or the weights are more than an array
   *     holds
   */
  public static Builder builder(int outputs, int inputs) {
    Checks.positive("outputs", outputs);
    Checks.positive("inputs", inputs);
    Checks.size("weight", outputs, inputs);
    return new Builder(outputs, inputs);
  }

  /** {@return output channels} */
  public int outputs() {
    return outputs;
  }

  /** {@return input channels} */
  public int inputs() {
    return inputs;
  }

  /**
   * Copies the weights of one output channel, to the bit as they came: a row of an embedding whose
   * table is this projection.
   *
   * @param output which channel, 0 to {@code outputs() - 1}
   * @param to {@code [inputs]} from {@code offset} on
   * @param offset where they go, in floats
   * @throws IllegalArgumentException if there is no such channel, or the array is too short
   */
  public void weights(int output, float[] to, int offset) {
    if (output < 0 || output >= outputs) {
      throw new IllegalArgumentException(
          "output channel is %d, the projection has %d".formatted(output, outputs));
    }
    Checks.range("to", to, offset, 1, inputs);
    packed.weights(output, to, offset);
  }

  /**
   * Projects rows that stand one behind the other.
   *
   * @param rows how many, at least 0
   * @param x {@code [rows, inputs]}, row-major, from {@code xOffset} on
   * @param xOffset where {@code x} begins, in floats
   * @param y {@code [rows, outputs]} from {@code yOffset} on; nothing else of it is written, and it
   *     may not overlap {@code x}
   * @param yOffset where {@code y} begins, in floats
   * @param options executor, threads and workspace; nothing else of them is used. With a workspace
   *     a call on one thread allocates nothing
   * @throws IllegalArgumentException if a range does not fit its array
   */
  public void project(
      int rows, float[] x, int xOffset, float[] y, int yOffset, AttentionOptions options) {
    project(rows, x, xOffset, inputs, 0, outputs, y, yOffset, outputs, options);
  }

  /**
   * Projects rows that lie a fixed distance apart onto some of the output channels: to the bit what
   * they are where all are computed.
   *
   * @param rows how many, at least 0
   * @param x row {@code r} is the {@code inputs} floats from {@code xOffset + r · xStride} on
   * @param xOffset where row 0 begins, in floats
   * @param xStride how far the beginning of one row lies from that of the next, at least {@code
   *     inputs}
   * @param from the first output channel; multiples of 64 are fastest
   * @param to the one after the last output channel
   * @param y row {@code r} goes to the {@code to - from} floats from {@code yOffset + r · yStride}
   *     on; nothing else is written, and it may not overlap {@code x}
   * @param yOffset where row 0 begins, in floats
   * @param yStride how far the beginning of one row lies from that of the next, at least {@code to
   *     - from}
   * @param options executor, threads and workspace; nothing else of them is used
   * @throws IllegalArgumentException if a range does not fit its array, a stride is too small, or
   *     there are no such output channels
   */
  public void project(
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      int from,
      int to,
      float[] y,
      int yOffset,
      int yStride,
      AttentionOptions options) {
    if (from < 0 || to < from || to > outputs) {
      throw new IllegalArgumentException(
          "output channels are %d to %d, the projection has %d".formatted(from, to, outputs));
    }
    Checks.rows("x", x, xOffset, rows, inputs, xStride);
    Checks.rows("y", y, yOffset, rows, to - from, yStride);
    CallOptions call = options.resolved();
    Buffers buffers = call.buffers();
    Rows input = buffers.input().set(x, xOffset, xStride);
    Rows output = buffers.projected().set(y, yOffset, yStride);
    buffers.projection().project(packed, input, rows, inputs, from, to, output, call, buffers);
  }

  /**
   * Takes the rows of a projection's weights in their order. For one thread, and one projection.
   */
  public static final class Builder {
    private final int outputs;
    private final int inputs;
    private ProjectionPacker packer; // null once it has built
    private int added;

    private Builder(int outputs, int inputs) {
      this.outputs = outputs;
      this.inputs = inputs;
      this.packer = Backends.chosen().packer(outputs, inputs);
    }

    /**
     * Adds the weights of the next output channels.
     *
     * @param count how many channels, at least 0
     * @param weight {@code [count, inputs]}, row-major, from {@code offset} on; copied
     * @param offset where {@code weight} begins, in floats
     * @return this builder
     * @throws IllegalArgumentException if the range does not fit the array, or there are more rows
     *     than output channels
     * @throws IllegalStateException if it has built already
     */
    public Builder add(int count, float[] weight, int offset) {
      checkOpen();
      Checks.range("weight", weight, offset, count, inputs);
      if (count > outputs - added) {
        throw new IllegalArgumentException(
            "%d rows of weights after %d, the projection has %d".formatted(count, added, outputs));
      }
      packer.pack(added, count, weight, offset);
      added += count;
      return this;
    }

    /**
     * Makes the projection.
     *
     * @param bias {@code [outputs]}, or null; copied
     * @return the projection
     * @throws IllegalArgumentException if the bias has another size
     * @throws IllegalStateException if rows are missing, or it has built already
     */
    public Projection build(float[] bias) {
      checkOpen();
      if (added < outputs) {
        throw new IllegalStateException(
            "%d rows of weights, the projection has %d".formatted(added, outputs));
      }
      if (bias != null && bias.length != outputs) {
        throw new IllegalArgumentException(
            "bias has %d floats, expected [%d]".formatted(bias.length, outputs));
      }
      PackedProjection packed = packer.finish(bias);
      packer = null;
      return new Projection(packed, outputs, inputs);
    }

    private void checkOpen() {
      if (packer == null) {
        throw new IllegalStateException("the projection was built already");
      }
    }
  }
}
