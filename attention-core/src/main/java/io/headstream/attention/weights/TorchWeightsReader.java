package io.headstream.attention.weights;

import io.headstream.safetensors.SafetensorsFile;
import io.headstream.safetensors.TensorInfo;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the tensors of one layer in a safetensors file, checks their shapes and reads them. */
final class TorchWeightsReader {
  private static final int MOST_NAMES_SHOWN = 8;

  private final Path file;
  private final SafetensorsFile tensors;
  private final String prefix;
  private final int heads;

  private TorchWeightsReader(Path file, SafetensorsFile tensors, String prefix, int heads) {
    this.file = file;
    this.tensors = tensors;
    this.prefix = prefix;
    this.heads = heads;
  }

  static AttentionParameters read(Path file, String prefix, int heads) throws IOException {
    if (heads < 1) {
      throw new IllegalArgumentException("heads is " + heads + ", expected at least 1");
    }
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      return new TorchWeightsReader(file, tensors, prefix, heads).read();
    }
  }

  private AttentionParameters read() throws IOException {
    refuseExtra(TorchNames.EXTRA_KEY);
    refuseExtra(TorchNames.EXTRA_VALUE);
    return find(TorchNames.PACKED_WEIGHT) == null ? readSeparate() : readPacked();
  }

  private AttentionParameters readPacked() throws IOException {
    TensorInfo packed = find(TorchNames.PACKED_WEIGHT);
    for (String name :
        List.of(TorchNames.QUERY_WEIGHT, TorchNames.KEY_WEIGHT, TorchNames.VALUE_WEIGHT)) {
      TensorInfo separate = find(name);
      if (separate != null) {
        throw refusal(
            packed.label() + " and " + separate.label() + " are both there, expected one");
      }
    }
    int modelDim = modelDim(packed, 3, "[3E, E]");
    int size = modelDim * modelDim;
    return readRest(
        modelDim,
        heads,
        tensors.readFloats(packed, 0, size),
        tensors.readFloats(packed, size, size),
        tensors.readFloats(packed, 2L * size, size));
  }

  private AttentionParameters readSeparate() throws IOException {
    TensorInfo query = find(TorchNames.QUERY_WEIGHT);
    if (query == null) {
      throw missing(quote(TorchNames.PACKED_WEIGHT) + " or " + quote(TorchNames.QUERY_WEIGHT));
    }
    int modelDim = modelDim(query, 1, "[E, E]");
    TensorInfo key = require(TorchNames.KEY_WEIGHT);
    int keyValueHeads = keyValueHeads(key, modelDim);
    int keyValueDim = keyValueHeads * (modelDim / heads);
    TensorInfo value = require(TorchNames.VALUE_WEIGHT);
    checkShape(value, keyValueDim, modelDim);
    return readRest(
        modelDim,
        keyValueHeads,
        tensors.readFloats(query, 0, modelDim * modelDim),
        tensors.readFloats(key, 0, keyValueDim * modelDim),
        tensors.readFloats(value, 0, keyValueDim * modelDim));
  }

  /** What both layouts have in common: W_o and the biases. */
  private AttentionParameters readRest(
      int modelDim, int keyValueHeads, float[] query, float[] key, float[] value)
      throws IOException {
    int keyValueDim = keyValueHeads * (modelDim / heads);
    TensorInfo output = require(TorchNames.OUTPUT_WEIGHT);
    checkShape(output, modelDim, modelDim);
    TensorInfo inputBias = find(TorchNames.INPUT_BIAS);
    if (inputBias != null) {
      checkShape(inputBias, modelDim + 2L * keyValueDim);
    }
    TensorInfo outputBias = find(TorchNames.OUTPUT_BIAS);
    if (outputBias != null) {
      checkShape(outputBias, (long) modelDim);
    }
    return AttentionParameters.of(
        modelDim,
        heads,
        keyValueHeads,
        query,
        key,
        value,
        tensors.readFloats(output, 0, modelDim * modelDim),
        readBias(inputBias, 0, modelDim),
        readBias(inputBias, modelDim, keyValueDim),
        readBias(inputBias, modelDim + keyValueDim, keyValueDim),
        readBias(outputBias, 0, modelDim));
  }

  private float[] readBias(TensorInfo bias, int first, int count) throws IOException {
    return bias == null ? null : tensors.readFloats(bias, first, count);
  }

  /** The columns of a matrix that has {@code times} as many rows. */
  private int modelDim(TensorInfo matrix, int times, String expected) throws WeightsException {
    List<Long> shape = matrix.shape();
    if (shape.size() != 2
        || shape.get(1) < 1
        || shape.get(0) / times != shape.get(1)
        || shape.get(0) % times != 0) {
      throw wrongShape(matrix, expected + " with the model-dim as E");
    }
    if (shape.get(1) > AttentionParameters.LARGEST_MODEL_DIM) {
      throw wrongShape(matrix, "a model-dim of at most " + AttentionParameters.LARGEST_MODEL_DIM);
    }
    int modelDim = Math.toIntExact(shape.get(1));
    if (modelDim % heads != 0) {
      throw wrongShape(matrix, "a model-dim that " + heads + " heads divide");
    }
    return modelDim;
  }

  private int keyValueHeads(TensorInfo key, int modelDim) throws WeightsException {
    int headDim = modelDim / heads;
    List<Long> shape = key.shape();
    if (shape.size() == 2
        && shape.get(1) == modelDim
        && shape.get(0) >= headDim
        && shape.get(0) <= modelDim
        && shape.get(0) % headDim == 0
        && heads % (shape.get(0) / headDim) == 0) {
      return Math.toIntExact(shape.get(0) / headDim);
    }
    throw wrongShape(
        key, "[K * " + headDim + ", " + modelDim + "] with K a divisor of " + heads + " heads");
  }

  private void refuseExtra(String name) throws WeightsException {
    TensorInfo extra = find(name);
    if (extra != null) {
      throw refusal(extra.label() + " is there, expected none: extra keys are not supported");
    }
  }

  private void checkShape(TensorInfo tensor, Long... expected) throws WeightsException {
    if (!tensor.shape().equals(List.of(expected))) {
      throw wrongShape(tensor, List.of(expected).toString());
    }
  }

  private void checkShape(TensorInfo matrix, int rows, int columns) throws WeightsException {
    checkShape(matrix, (long) rows, (long) columns);
  }

  private TensorInfo find(String name) {
    return tensors.tensors().get(prefix + name);
  }

  private TensorInfo require(String name) throws WeightsException {
    TensorInfo tensor = find(name);
    if (tensor == null) {
      throw missing(quote(name));
    }
    return tensor;
  }

  private String quote(String name) {
    return WeightsException.quote(prefix + name);
  }

  private WeightsException missing(String names) {
    String present =
        tensors.tensors().keySet().stream()
            .limit(MOST_NAMES_SHOWN)
            .map(WeightsException::quote)
            .collect(Collectors.joining(", "));
    int others = tensors.tensors().size() - MOST_NAMES_SHOWN;
    return refusal(
        "tensor "
            + names
            + " is missing; the file has "
            + (present.isEmpty() ? "no tensors" : present)
            + (others > 0 ? " and " + others + " more" : ""));
  }

  private WeightsException wrongShape(TensorInfo tensor, String expected) {
    return refusal(tensor.label() + " has shape " + tensor.shapeText() + ", expected " + expected);
  }

  private WeightsException refusal(String text) {
    return new WeightsException(file, text);
  }
}
