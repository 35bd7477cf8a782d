package io.headstream.transformer.onnx;

import io.headstream.safetensors.SafetensorsWriter;
import io.headstream.safetensors.TensorType;
import io.headstream.transformer.checkpoint.ModelException;
import java.nio.file.Path;
import java.util.List;

/**
 * Gives the constants of an exported encoder the names and the layout that they had before.
 *
 * <p>PyTorch's export keeps the names of all parameters but the weights of linear layers: these are
 * anonymous ({@code onnx::MatMul_787}) and transposed, {@code [in, out]}. Their names are in those
 * of the nodes that multiply by them, such as {@code /encoder/layer.0/attention/self/query/MatMul}.
 */
final class EncoderTensors {
  private static final String ANONYMOUS = "onnx::";
  private static final String NODE = "/MatMul";

  private final Path file;
  private final byte[] bytes;
  private final OnnxGraph graph;

  /**
   * The tensors of a model.
   *
   * @param file what errors name
   * @param bytes the whole ONNX file
   * @throws ModelException if it is damaged
   */
  EncoderTensors(Path file, byte[] bytes) throws ModelException {
    this.file = file;
    this.bytes = bytes;
    this.graph = OnnxGraph.read(file, bytes);
  }

  /** Adds all float tensors; whole numbers, such as position ids, are left out. */
  SafetensorsWriter collect() throws ModelException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (OnnxTensor tensor : graph.tensors()) {
      if (tensor.type() == OnnxTensor.INT64) {
        continue;
      }
      if (tensor.type() != OnnxTensor.FLOAT) {
        throw refusal(tensor, "has the data type %d, expected 1 (float)".formatted(tensor.type()));
      }
      if (tensor.name().startsWith(ANONYMOUS)) {
        addLinear(writer, tensor);
      } else {
        add(writer, tensor, tensor.name(), tensor.shape(), tensor.floats(bytes));
      }
    }
    return writer;
  }

  private void addLinear(SafetensorsWriter writer, OnnxTensor tensor) throws ModelException {
    String node = graph.multipliedBy().get(tensor.name());
    if (node == null || !node.startsWith("/") || !node.endsWith(NODE) || node.equals(NODE)) {
      String found = node == null ? "no node" : "the node " + ModelException.quote(node);
      throw refusal(tensor, "is a factor of " + found + ", expected one named /.../MatMul");
    }
    if (tensor.shape().size() != 2) {
      throw refusal(tensor, "has the shape " + tensor.shape() + ", expected two dimensions");
    }
    int inputs = Math.toIntExact(tensor.shape().get(0));
    int outputs = Math.toIntExact(tensor.shape().get(1));
    String name = node.substring(1, node.length() - NODE.length()).replace('/', '.') + ".weight";
    List<Long> shape = List.of((long) outputs, (long) inputs);
    add(writer, tensor, name, shape, transposed(tensor.floats(bytes), inputs, outputs));
  }

  private void add(
      SafetensorsWriter writer, OnnxTensor tensor, String name, List<Long> shape, float[] values)
      throws ModelException {
    try {
      writer.add(name, TensorType.F32, shape, values);
    } catch (IllegalArgumentException e) {
      throw refusal(tensor, "cannot be written: " + e.getMessage());
    }
  }

  private static float[] transposed(float[] x, int rows, int columns) {
    float[] y = new float[x.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        y[c * rows + r] = x[r * columns + c];
      }
    }
    return y;
  }

  private ModelException refusal(OnnxTensor tensor, String text) {
    return new ModelException(file, "tensor " + ModelException.quote(tensor.name()) + " " + text);
  }
}
