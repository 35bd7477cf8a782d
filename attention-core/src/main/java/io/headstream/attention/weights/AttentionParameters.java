package io.headstream.attention.weights;

import io.headstream.attention.internal.Checks;
import io.headstream.safetensors.TensorType;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The projections of one multi-head attention layer: W_q, W_k, W_v, W_o and their biases.
 *
 * <p>Every matrix is flat and row-major, {@code [outputs, inputs]} as in PyTorch, and is applied as
 * {@code y = x * W^T + b}. Head {@code h} owns the h-th block of {@code headDim} rows; query head
 * {@code h} uses key/value head {@code h / (heads / keyValueHeads)}.
 *
 * <p>Immutable by convention: arrays are neither copied when they come in nor when they go out, for
 * a layer may be large and is shared by all that compute with it. Who changes one after that
 * changes it for everybody. As long as nobody does, all threads may use it at once.
 */
public final class AttentionParameters {
  /** The largest square matrix that a Java array holds. */
  static final int LARGEST_MODEL_DIM = 46_340;

  private final int modelDim;
  private final int heads;
  private final int keyValueHeads;
  private final int keyInputDim;
  private final int valueInputDim;
  private final float[] queryWeight;
  private final float[] keyWeight;
  private final float[] valueWeight;
  private final float[] outputWeight;
  private final float[] queryBias;
  private final float[] keyBias;
  private final float[] valueBias;
  private final float[] outputBias;

  /** Computed when first asked for; threads that ask at once compute the same. */
  private volatile String digest;

  private AttentionParameters(
      int modelDim,
      int heads,
      int keyValueHeads,
      int keyInputDim,
      int valueInputDim,
      float[] queryWeight,
      float[] keyWeight,
      float[] valueWeight,
      float[] outputWeight,
      float[] queryBias,
      float[] keyBias,
      float[] valueBias,
      float[] outputBias) {
    checkDimensions(modelDim, heads, keyValueHeads);
    Checks.positive("keyInputDim", keyInputDim);
    Checks.positive("valueInputDim", valueInputDim);
    this.modelDim = modelDim;
    this.heads = heads;
    this.keyValueHeads = keyValueHeads;
    this.keyInputDim = keyInputDim;
    this.valueInputDim = valueInputDim;
    int keyValueDim = keyValueDim();
    this.queryWeight = checkMatrix("queryWeight", queryWeight, modelDim, modelDim);
    this.keyWeight = checkMatrix("keyWeight", keyWeight, keyValueDim, keyInputDim);
    this.valueWeight = checkMatrix("valueWeight", valueWeight, keyValueDim, valueInputDim);
    this.outputWeight = checkMatrix("outputWeight", outputWeight, modelDim, modelDim);
    this.queryBias = checkBias("queryBias", queryBias, modelDim);
    this.keyBias = checkBias("keyBias", keyBias, keyValueDim);
    this.valueBias = checkBias("valueBias", valueBias, keyValueDim);
    this.outputBias = checkBias("outputBias", outputBias, modelDim);
  }

  /**
   * Weights that lie in arrays already.
   *
   * <p>With {@code E} the model dimension and {@code D = keyValueHeads * E / heads}. Values are not
   * looked at: NaN and infinity go through.
   *
   * @param modelDim size of a token's embedding, 1 to 46,340
   * @param heads query heads; divides {@code modelDim}
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param queryWeight W_q, {@code [E, E]}; not copied, as all others
   * @param keyWeight W_k, {@code [D, E]}
   * @param valueWeight W_v, {@code [D, E]}
   * @param outputWeight W_o, {@code [E, E]}
   * @param queryBias {@code [E]}, or null
   * @param keyBias {@code [D]}, or null
   * @param valueBias {@code [D]}, or null
   * @param outputBias {@code [E]}, or null
   * @return the weights
   * @throws IllegalArgumentException if a number of heads does not divide, or an array has another
   *     size
   * @throws NullPointerException if a matrix is null
   */
  public static AttentionParameters of(
      int modelDim,
      int heads,
      int keyValueHeads,
      float[] queryWeight,
      float[] keyWeight,
      float[] valueWeight,
      float[] outputWeight,
      float[] queryBias,
      float[] keyBias,
      float[] valueBias,
      float[] outputBias) {
    return ofCross(
        modelDim,
        heads,
        keyValueHeads,
        modelDim,
        modelDim,
        queryWeight,
        keyWeight,
        valueWeight,
        outputWeight,
        queryBias,
        keyBias,
        valueBias,
        outputBias);
  }

  /**
   * Weights for cross-attention, whose keys and values come from inputs of other sizes than the
   * model's: PyTorch's {@code kdim} and {@code vdim}.
   *
   * <p>With {@code E} the model dimension and {@code D = keyValueHeads * E / heads}. Values are not
   * looked at: NaN and infinity go through.
   *
   * @param modelDim size of a query's and a result's embedding, 1 to 46,340
   * @param heads query heads; divides {@code modelDim}
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param keyInputDim size of what keys are made of, at least 1
   * @param valueInputDim size of what values are made of, at least 1
   * @param queryWeight W_q, {@code [E, E]}; not copied, as all others
   * @param keyWeight W_k, {@code [D, keyInputDim]}
   * @param valueWeight W_v, {@code [D, valueInputDim]}
   * @param outputWeight W_o, {@code [E, E]}
   * @param queryBias {@code [E]}, or null
   * @param keyBias {@code [D]}, or null
   * @param valueBias {@code [D]}, or null
   * @param outputBias {@code [E]}, or null
   * @return the weights
   * @throws IllegalArgumentException if a number of heads does not divide, or an array has another
   *     size
   * @throws NullPointerException if a matrix is null
   */
  public static AttentionParameters ofCross(
      int modelDim,
      int heads,
      int keyValueHeads,
      int keyInputDim,
      int valueInputDim,
      float[] queryWeight,
      float[] keyWeight,
      float[] valueWeight,
      float[] outputWeight,
      float[] queryBias,
      float[] keyBias,
      float[] valueBias,
      float[] outputBias) {
    return new AttentionParameters(
        modelDim,
        heads,
        keyValueHeads,
        keyInputDim,
        valueInputDim,
        queryWeight,
        keyWeight,
        valueWeight,
        outputWeight,
        queryBias,
        keyBias,
        valueBias,
        outputBias);
  }

  /**
   * Random weights without biases, each matrix uniform between plus and minus {@code sqrt(6 /
   * (inputs + outputs))} of its own (Glorot and Bengio 2010).
   *
   * @param modelDim size of a token's embedding, 1 to 46,340
   * @param heads query heads; divides {@code modelDim}
   * @param keyValueHeads key/value heads; divides {@code heads}
   * @param seed decides every value: the same seed gives the same bits on every JDK
   * @return the weights, in new arrays
   * @throws IllegalArgumentException if a number of heads does not divide
   */
  public static AttentionParameters xavierUniform(
      int modelDim, int heads, int keyValueHeads, long seed) {
    return XavierUniform.draw(modelDim, heads, keyValueHeads, seed);
  }

  /**
   * Reads weights from a safetensors file under the names of PyTorch's {@code
   * nn.MultiheadAttention}.
   *
   * <p>{@code in_proj_weight} {@code [3E, E]} holds W_q, W_k and W_v, or {@code q_proj_weight},
   * {@code k_proj_weight} and {@code v_proj_weight} hold one each, in which case the rows of {@code
   * k_proj_weight} tell how many key/value heads there are. {@code in_proj_bias} holds the biases
   * of all three; {@code out_proj.weight} and {@code out_proj.bias} are W_o's. Either bias may be
   * absent. F32, F16 and BF16 are read; other tensors in the file are left alone. The file is read
   * in pieces of at most 1 MiB.
   *
   * @param file the file
   * @param prefix what stands before each name; may be empty
   * @param heads query heads, which the file does not tell
   * @return the weights, all finite, in new arrays
   * @throws WeightsException if the file is damaged, or a tensor is missing, of another shape or
   *     type, ambiguous, not supported ({@code bias_k}, {@code bias_v}) or not finite
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if {@code heads} is less than 1
   */
  public static AttentionParameters read(Path file, String prefix, int heads) throws IOException {
    return TorchWeightsReader.read(file, prefix, heads);
  }

  /**
   * Writes these weights as a safetensors file that {@link #read} understands.
   *
   * <p>The file has one bias for query, key and value together: where only some of the three are
   * absent, zeros are written for them. Values are narrowed by rounding to nearest, ties to even.
   *
   * @param file where to; replaced if it is there
   * @param prefix what to put before each name; may be empty
   * @param type F32, F16 or BF16
   * @param layout how W_q, W_k and W_v are to lie
   * @throws WeightsException if a value is not finite, or too large for the type; nothing is
   *     written then
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if the type is another, or the layout is packed but there are
   *     fewer key/value than query heads, or keys or values are made of inputs of another size than
   *     the model's, which {@link #read} does not know
   */
  public void write(Path file, String prefix, TensorType type, WeightsLayout layout)
      throws IOException {
    if (keyInputDim != modelDim || valueInputDim != modelDim) {
      throw new IllegalArgumentException(
          "keys are made of %d numbers and values of %d, a file holds weights for model-dim %d alone"
              .formatted(keyInputDim, valueInputDim, modelDim));
    }
    TorchWeightsWriter.write(this, file, prefix, type, layout);
  }

  /** {@return size of a token's embedding, {@code E}} */
  public int modelDim() {
    return modelDim;
  }

  /** {@return how many query heads there are} */
  public int heads() {
    return heads;
  }

  /** {@return how many key/value heads there are} */
  public int keyValueHeads() {
    return keyValueHeads;
  }

  /** {@return size of one head's queries, keys and values: {@code modelDim / heads}} */
  public int headDim() {
    return modelDim / heads;
  }

  /** {@return size of what keys are made of: the model dimension, except in cross-attention} */
  public int keyInputDim() {
    return keyInputDim;
  }

  /** {@return size of what values are made of: the model dimension, except in cross-attention} */
  public int valueInputDim() {
    return valueInputDim;
  }

  /** Rows of W_k and of W_v. */
  int keyValueDim() {
    return keyValueHeads * headDim();
  }

  /** {@return W_q, {@code [modelDim, modelDim]}; not a copy} */
  public float[] queryWeight() {
    return queryWeight;
  }

  /** {@return W_k, {@code [keyValueHeads * headDim, keyInputDim]}; not a copy} */
  public float[] keyWeight() {
    return keyWeight;
  }

  /** {@return W_v, {@code [keyValueHeads * headDim, valueInputDim]}; not a copy} */
  public float[] valueWeight() {
    return valueWeight;
  }

  /** {@return W_o, {@code [modelDim, modelDim]}; not a copy} */
  public float[] outputWeight() {
    return outputWeight;
  }

  /** {@return the bias of the queries, {@code [modelDim]}, or null; not a copy} */
  public float[] queryBias() {
    return queryBias;
  }

  /** {@return the bias of the keys, {@code [keyValueHeads * headDim]}, or null; not a copy} */
  public float[] keyBias() {
    return keyBias;
  }

  /** {@return the bias of the values, {@code [keyValueHeads * headDim]}, or null; not a copy} */
  public float[] valueBias() {
    return valueBias;
  }

  /** {@return the bias of the output, {@code [modelDim]}, or null; not a copy} */
  public float[] outputBias() {
    return outputBias;
  }

  /**
   * A fingerprint of shapes and values: equal where all of them are the same bits, in whatever
   * layout and type a file held them.
   *
   * <p>An absent bias is not the same as one of zeros. Computed once, over all values.
   *
   * @return SHA-256 as 64 hexadecimal digits
   */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = WeightsDigest.of(this);
      digest = known;
    }
    return known;
  }

  static void checkDimensions(int modelDim, int heads, int keyValueHeads) {
    if (modelDim < 1 || modelDim > LARGEST_MODEL_DIM) {
      throw new IllegalArgumentException(
          "model-dim is " + modelDim + ", expected 1 to " + LARGEST_MODEL_DIM);
    }
    checkDivides("heads", heads, "model-dim", modelDim);
    checkDivides("kv-heads", keyValueHeads, "heads", heads);
  }

  private static void checkDivides(String name, int divisor, String ofName, int dividend) {
    if (divisor < 1 || dividend % divisor != 0) {
      throw new IllegalArgumentException(
          name + " is " + divisor + ", expected a divisor of " + ofName + " " + dividend);
    }
  }

  private static float[] checkMatrix(String name, float[] values, int rows, int columns) {
    if (Objects.requireNonNull(values, name).length != (long) rows * columns) {
      throw new IllegalArgumentException(
          name + " has " + values.length + " values, expected [" + rows + ", " + columns + "]");
    }
    return values;
  }

  private static float[] checkBias(String name, float[] values, int size) {
    if (values != null && values.length != size) {
      throw new IllegalArgumentException(
          name + " has " + values.length + " values, expected [" + size + "]");
    }
    return values;
  }
}
