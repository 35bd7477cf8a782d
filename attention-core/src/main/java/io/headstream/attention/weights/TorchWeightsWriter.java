package io.headstream.attention.weights;

import io.headstream.safetensors.HalfPrecision;
import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import io.headstream.safetensors.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes one layer under the names that {@link TorchWeightsReader} looks for. */
final class TorchWeightsWriter {
  private final Path file;
  private final String prefix;
  private final TensorType type;
  private final SafetensorsWriter writer = new SafetensorsWriter();

  private TorchWeightsWriter(Path file, String prefix, TensorType type) {
    this.file = file;
    this.prefix = prefix;
    this.type = type;
  }

  static void write(
      AttentionParameters parameters,
      Path file,
      String prefix,
      TensorType type,
      WeightsLayout layout)
      throws IOException {
    new TorchWeightsWriter(file, prefix, type).write(parameters, layout);
  }

  private void write(AttentionParameters parameters, WeightsLayout layout) throws IOException {
    long modelDim = parameters.modelDim();
    long keyValueDim = parameters.keyValueDim();
    float[] query = parameters.queryWeight();
    float[] key = parameters.keyWeight();
    float[] value = parameters.valueWeight();
    if (layout == WeightsLayout.PACKED) {
      if (parameters.keyValueHeads() != parameters.heads()) {
        throw new IllegalArgumentException(
            "kv-heads is "
                + parameters.keyValueHeads()
                + ", expected "
                + parameters.heads()
                + " as heads for the packed layout");
      }
      add(TorchNames.PACKED_WEIGHT, List.of(3 * modelDim, modelDim), query, key, value);
    } else {
      add(TorchNames.QUERY_WEIGHT, List.of(modelDim, modelDim), query);
      add(TorchNames.KEY_WEIGHT, List.of(keyValueDim, modelDim), key);
      add(TorchNames.VALUE_WEIGHT, List.of(keyValueDim, modelDim), value);
    }
    if (parameters.queryBias() != null
        || parameters.keyBias() != null
        || parameters.valueBias() != null) {
      add(
          TorchNames.INPUT_BIAS,
          List.of(modelDim + 2 * keyValueDim),
          orZeros(parameters.queryBias(), parameters.modelDim()),
          orZeros(parameters.keyBias(), parameters.keyValueDim()),
          orZeros(parameters.valueBias(), parameters.keyValueDim()));
    }
    add(TorchNames.OUTPUT_WEIGHT, List.of(modelDim, modelDim), parameters.outputWeight());
    if (parameters.outputBias() != null) {
      add(TorchNames.OUTPUT_BIAS, List.of(modelDim), parameters.outputBias());
    }
    writer.write(file);
  }

  private static float[] orZeros(float[] bias, int size) {
    return bias == null ? new float[size] : bias;
  }

  private void add(String name, List<Long> shape, float[]... pieces) throws WeightsException {
    long index = 0;
    for (float[] piece : pieces) {
      for (float value : piece) {
        if (!Float.isFinite(narrowed(value))) {
          throw new WeightsException(
              file,
              "tensor "
                  + WeightsException.quote(prefix + name)
                  + " would have "
                  + value
                  + " at index "
                  + index
                  + ", expected numbers that are finite as "
                  + type);
        }
        index++;
      }
    }
    writer.add(prefix + name, type, shape, pieces);
  }

  /** The value as it will be read back. */
  private float narrowed(float value) {
    return switch (type) {
      case F16 -> HalfPrecision.float16ToFloat(HalfPrecision.floatToFloat16(value));
      case BF16 -> HalfPrecision.bfloat16ToFloat(HalfPrecision.floatToBfloat16(value));
      default -> value;
    };
  }
}
