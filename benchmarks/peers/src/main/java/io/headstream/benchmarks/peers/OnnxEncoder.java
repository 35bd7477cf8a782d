package io.headstream.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A BERT-like encoder in ONNX Runtime, on one thread. */
final class OnnxEncoder {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  OnnxEncoder(Path file, OrtSession.SessionOptions.OptLevel level) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(level);
    session = environment.createSession(file.toString(), options);
  }

  /** The hidden states of a batch that is padded to its longest text. */
  float[] hidden(List<int[]> texts) throws OrtException {
    int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
    long[] shape = {texts.size(), longest};
    long[] ids = new long[texts.size() * longest];
    long[] mask = new long[ids.length];
    for (int t = 0; t < texts.size(); t++) {
      for (int i = 0; i < texts.get(t).length; i++) {
        ids[t * longest + i] = texts.get(t)[i];
        mask[t * longest + i] = 1;
      }
    }
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (String name : session.getInputNames()) {
      long[] values =
          name.equals("input_ids")
              ? ids
              : name.equals("attention_mask") ? mask : new long[ids.length];
      inputs.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
    }
    try (OrtSession.Result result = session.run(inputs)) {
      FloatBuffer hidden = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] copy = new float[hidden.remaining()];
      hidden.get(copy);
      return copy;
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }
}
