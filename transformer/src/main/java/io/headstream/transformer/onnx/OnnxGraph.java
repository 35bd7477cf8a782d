package io.headstream.transformer.onnx;

import io.headstream.transformer.checkpoint.ModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is needed of an ONNX file: its constants, and which node multiplies by which of them.
 *
 * @param tensors in the order of the file
 * @param multipliedBy names of the {@code MatMul} nodes, by the name of their second input
 */
record OnnxGraph(List<OnnxTensor> tensors, Map<String, String> multipliedBy) {
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int NODE_INPUT = 1;
  private static final int NODE_NAME = 3;
  private static final int NODE_OPERATOR = 4;

  /**
   * Reads an ONNX model.
   *
   * @param file what errors name
   * @param bytes the whole model
   * @throws ModelException if it is damaged
   */
  static OnnxGraph read(Path file, byte[] bytes) throws ModelException {
    OnnxGraph graph = new OnnxGraph(new ArrayList<>(), new HashMap<>());
    ProtobufReader model = new ProtobufReader(file, bytes);
    while (model.hasNext()) {
      if (model.next() == MODEL_GRAPH) {
        graph.readGraph(file, model.message());
      }
    }
    return graph;
  }

  private void readGraph(Path file, ProtobufReader fields) throws ModelException {
    while (fields.hasNext()) {
      switch (fields.next()) {
        case GRAPH_NODE -> readNode(file, fields.message());
        case GRAPH_INITIALIZER -> tensors.add(OnnxTensor.read(file, fields.message()));
        default -> {
          // Inputs, outputs and the like.
        }
      }
    }
  }

  private void readNode(Path file, ProtobufReader fields) throws ModelException {
    List<String> inputs = new ArrayList<>();
    String name = "";
    String operator = "";
    while (fields.hasNext()) {
      switch (fields.next()) {
        case NODE_INPUT -> inputs.add(fields.text());
        case NODE_NAME -> name = fields.text();
        case NODE_OPERATOR -> operator = fields.text();
        default -> {
          // Attributes and outputs.
        }
      }
    }
    if (operator.equals("MatMul") && inputs.size() == 2) {
      String before = multipliedBy.put(inputs.get(1), name);
      if (before != null) {
        throw new ModelException(
            file,
            "tensor %s is a factor of %s and %s, expected one node"
                .formatted(
                    ModelException.quote(inputs.get(1)),
                    ModelException.quote(before),
                    ModelException.quote(name)));
      }
    }
  }
}
