package io.headstream.attention.onnx;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One node test of ONNX's Attention operator, as it stands in its JSON file. */
final class OnnxCase {
  final Map<String, Double> attributes = new HashMap<>();
  final Map<String, OnnxTensor> inputs = new HashMap<>();
  final Map<String, OnnxTensor> outputs = new HashMap<>();

  static OnnxCase read(Path file) throws IOException {
    OnnxCase read = new OnnxCase();
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "attributes" -> readAttributes(json, read.attributes);
          case "inputs" -> readTensors(json, read.inputs);
          case "outputs" -> readTensors(json, read.outputs);
          default -> json.skipChildren();
        }
      }
    }
    return read;
  }

  double attribute(String name, double otherwise) {
    return attributes.getOrDefault(name, otherwise);
  }

  boolean isHalf() {
    return inputs.get("Q").isHalf();
  }

  private static void readAttributes(JsonParser json, Map<String, Double> into) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      into.put(name, json.getDoubleValue());
    }
  }

  private static void readTensors(JsonParser json, Map<String, OnnxTensor> into)
      throws IOException {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      OnnxTensor tensor = readTensor(json);
      into.put(tensor.role(), tensor);
    }
  }

  private static OnnxTensor readTensor(JsonParser json) throws IOException {
    String role = null;
    String dtype = null;
    double[] dims = {};
    double[] data = {};
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "role" -> role = json.getText();
        case "dtype" -> dtype = json.getText();
        case "dims" -> dims = readNumbers(json);
        case "data" -> data = readNumbers(json);
        default -> json.skipChildren();
      }
    }
    List<Integer> shape = new ArrayList<>();
    for (double dim : dims) {
      shape.add((int) dim);
    }
    return new OnnxTensor(role, dtype, shape, data);
  }

  private static double[] readNumbers(JsonParser json) throws IOException {
    double[] numbers = new double[64];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] =
          switch (json.currentToken()) {
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            case VALUE_STRING -> Double.parseDouble(json.getText());
            default -> json.getDoubleValue();
          };
    }
    return Arrays.copyOf(numbers, count);
  }
}
