package io.headstream.transformer.layers;

import io.headstream.attention.Projection;
import io.headstream.safetensors.TensorInfo;
import io.headstream.transformer.family.ModelTensors;
import io.headstream.transformer.family.ModelTensors.Found;
import io.headstream.transformer.family.Role;
import java.io.IOException;

/**
 * Reads the weights of a model, a piece at a time where they are packed, so that no more than a
 * piece of them is in memory twice; of a matrix that is stored transposed, the matrix.
 */
final class WeightReader {
  /** Floats of a piece: 1 MiB. */
  private static final int PIECE = 1 << 18;

  private final ModelTensors tensors;

  WeightReader(ModelTensors tensors) {
    this.tensors = tensors;
  }

  /** Whether a layer has a tensor for a role. */
  boolean has(Role role, int layer) {
    return tensors.weight(role, layer) != null;
  }

  /** A tensor as an array, or null if there is none. */
  float[] weight(Role role, int layer) throws IOException {
    return read(tensors.weight(role, layer));
  }

  /** A bias as an array, or null if there is none. */
  float[] bias(Role role, int layer) throws IOException {
    return read(tensors.bias(role, layer));
  }

  /** The linear layers of some roles as one, their outputs one behind the other. */
  Projection projection(int layer, Role... roles) throws IOException {
    int outputs = 0;
    int inputs = 0;
    boolean biased = false;
    for (Role role : roles) {
      Found found = tensors.weight(role, layer);
      outputs = Math.addExact(outputs, outputs(found));
      inputs = inputs(found);
      biased |= tensors.bias(role, layer) != null;
    }
    Projection.Builder builder = Projection.builder(outputs, inputs);
    float[] bias = biased ? new float[outputs] : null;
    int done = 0;
    for (Role role : roles) {
      Found found = tensors.weight(role, layer);
      add(builder, found);
      float[] own = bias(role, layer);
      if (own != null) {
        System.arraycopy(own, 0, bias, done, own.length);
      }
      done += outputs(found);
    }
    return builder.build(bias);
  }

  private void add(Projection.Builder builder, Found found) throws IOException {
    int outputs = outputs(found);
    int inputs = inputs(found);
    float[] whole = found.transposed() ? read(found) : null;
    int rows = Math.max(1, PIECE / inputs);
    for (int row = 0; row < outputs; row += rows) {
      int count = Math.min(rows, outputs - row);
      float[] piece =
          whole == null
              ? tensors.files().read(found.info(), (long) row * inputs, count * inputs)
              : transposed(whole, outputs, inputs, row, count);
      builder.add(count, piece, 0);
    }
  }

  /** Rows of a matrix whose columns they are in an array. */
  private static float[] transposed(float[] whole, int outputs, int inputs, int row, int count) {
    float[] piece = new float[count * inputs];
    for (int c = 0; c < inputs; c++) {
      for (int r = 0; r < count; r++) {
        piece[r * inputs + c] = whole[c * outputs + row + r];
      }
    }
    return piece;
  }

  private static int outputs(Found found) {
    return Math.toIntExact(found.info().shape().get(found.transposed() ? 1 : 0));
  }

  private static int inputs(Found found) {
    return Math.toIntExact(found.info().shape().get(found.transposed() ? 0 : 1));
  }

  private float[] read(Found found) throws IOException {
    if (found == null) {
      return null;
    }
    TensorInfo info = found.info();
    return tensors.files().read(info, 0, Math.toIntExact(info.elements()));
  }
}
