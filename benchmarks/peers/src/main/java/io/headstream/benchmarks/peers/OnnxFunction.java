package io.headstream.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headstream.benchmarks.job.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;

/**
 * ONNX Runtime, a session a slot on the slot's one thread. {@code ort-op23} is the standard
 * Attention, {@code ort-mha} and {@code ort-attn} are its own MultiHeadAttention and Attention.
 */
final class OnnxFunction extends PeerFunction {
  private static final long serialVersionUID = 1L;
  private static final String OWN = "com.microsoft";

  private final String mode;

  private transient OrtSession session;
  private transient FloatBuffer input;
  private transient OnnxTensor tensor;

  OnnxFunction(String mode, Shape shape, long seed) {
    super(shape, seed);
    this.mode = mode;
  }

  @Override
  public void open(OpenContext context) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = environment.createSession(model(), options);
    int size = shape.length() * shape.modelDim();
    input = ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder()).asFloatBuffer();
    tensor =
        OnnxTensor.createTensor(
            environment, input, new long[] {1, shape.length(), shape.modelDim()});
  }

  /** y = x·Wᵀ, so the weights are turned for MatMul, as an exporter does. */
  private byte[] model() {
    int dim = shape.modelDim();
    int heads = shape.heads();
    int causal = shape.causal() ? 1 : 0;
    OnnxModel model =
        new OnnxModel()
            .input("x", 1, shape.length(), dim)
            .output("y", 1, shape.length(), dim)
            .weights("w", turned(queryKeyValueWeight(), 3 * dim, dim), dim, 3 * dim)
            .weights("wo", turned(weights().outputWeight(), dim, dim), dim, dim);
    if (mode.equals("ort-attn")) {
      model.weights("b", new float[3 * dim], 3 * dim);
      model.node(OWN, "Attention", "x w b", "o", "num_heads", heads, "unidirectional", causal);
    } else {
      model.numbers("parts", dim, dim, dim);
      model.node("", "MatMul", "x w", "p").node("", "Split", "p parts", "q k v", "axis", 2);
      if (mode.equals("ort-mha")) {
        model.node(
            OWN, "MultiHeadAttention", "q k v", "o", "num_heads", heads, "unidirectional", causal);
      } else {
        model.node(
            "",
            "Attention",
            "q k v",
            "o",
            "is_causal",
            causal,
            "q_num_heads",
            heads,
            "kv_num_heads",
            heads);
      }
    }
    return model.node("", "MatMul", "o wo", "y").bytes();
  }

  private static float[] turned(float[] matrix, int rows, int columns) {
    float[] turned = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = matrix[i * columns + j];
      }
    }
    return turned;
  }

  @Override
  void attend(float[] rows) throws OrtException {
    input.rewind().put(rows);
    try (OrtSession.Result result = session.run(Map.of("x", tensor))) {
      ((OnnxTensor) result.get(0)).getByteBuffer().asFloatBuffer().get(rows);
    }
  }

  @Override
  public void close() throws OrtException {
    if (tensor != null) {
      tensor.close();
      session.close();
    }
  }
}
