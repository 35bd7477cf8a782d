package io.headstream.transformer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.headstream.transformer.TransformerModel;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Published models give what ONNX Runtime makes of the same files. Their artifacts are there with
 * {@code -Pmodels}.
 */
class PublishedModelsTest {
  private static final int TEXTS = Integer.getInteger("headstream.published.texts", 1000);
  private static final int LONGEST = 512;
  private static final String[] WORDS = {
    "payment",
    "the",
    "Überweisung",
    "naïve",
    "café",
    "São",
    "東京",
    "数据流",
    "안녕하세요",
    "🙂",
    "👩‍🚀",
    "attention",
    "streams",
    "12,50",
    "e.g.",
    "don't",
    "Ελλάδα",
    "привет",
    "antidisestablish"
  };

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void vectorsAndHiddenStatesAreThoseOfOnnxRuntime(PublishedModel model) throws Exception {
    URL weights = getClass().getResource("/" + model.weights().name());
    assumeTrue(weights != null, "the artifacts are there with -Pmodels");
    JarURLConnection connection = (JarURLConnection) weights.openConnection();
    ModelFolder.write(model, Path.of(connection.getJarFileURL().toURI()), folder.resolve("model"));
    TransformerModel ours = TransformerModel.load(folder.resolve("model"));
    byte[] onnx;
    try (var in = weights.openStream()) {
      onnx = in.readAllBytes();
    }
    double worstCosine = 1;
    double worstHidden = 0;
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx)) {
      for (int n = 0; n < TEXTS; n++) {
        int[] ids = cut(ours.tokenizer().encode(text(n)).ids());
        float[] expected = hidden(environment, session, ids);
        float[] actual = ours.forward(ids);
        worstHidden = Math.max(worstHidden, difference(actual, expected));
        boolean mean = model == PublishedModel.ALL_MINILM_L6_V2;
        double[] pooled = pooled(expected, ids.length, mean);
        worstCosine = Math.min(worstCosine, cosine(ours.embed(ids), pooled));
      }
    }
    System.out.printf(
        "%s, %d texts: least cosine %.9f, greatest difference of hidden states %.2g of the greatest"
            + " magnitude%n",
        model.modelName(), TEXTS, worstCosine, worstHidden);
    assertThat(worstCosine).isGreaterThanOrEqualTo(0.999999);
    assertThat(worstHidden).isLessThanOrEqualTo(1e-5);
  }

  /** The first is empty, every fiftieth as long as the model takes. */
  private static String text(int n) {
    SplittableRandom random = new SplittableRandom(n);
    int words = n == 0 ? 0 : n % 50 == 1 ? 2 * LONGEST : random.nextInt(1, 60);
    StringBuilder text = new StringBuilder();
    for (int w = 0; w < words; w++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(8) == 0 ? "" : " ");
    }
    return text.toString();
  }

  private static int[] cut(int... ids) {
    if (ids.length <= LONGEST) {
      return ids;
    }
    int[] cut = Arrays.copyOf(ids, LONGEST);
    cut[LONGEST - 1] = ids[ids.length - 1];
    return cut;
  }

  private static float[] hidden(OrtEnvironment environment, OrtSession session, int[] ids)
      throws Exception {
    long[][] of = {Arrays.stream(ids).asLongStream().toArray()};
    long[][] mask = {new long[ids.length]};
    Arrays.fill(mask[0], 1);
    try (ai.onnxruntime.OnnxTensor input = ai.onnxruntime.OnnxTensor.createTensor(environment, of);
        ai.onnxruntime.OnnxTensor attend =
            ai.onnxruntime.OnnxTensor.createTensor(environment, mask);
        ai.onnxruntime.OnnxTensor types =
            ai.onnxruntime.OnnxTensor.createTensor(
                environment, new long[][] {new long[ids.length]});
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", input, "attention_mask", attend, "token_type_ids", types))) {
      float[][] rows = ((float[][][]) result.get(0).getValue())[0];
      float[] hidden = new float[rows.length * rows[0].length];
      for (int row = 0; row < rows.length; row++) {
        System.arraycopy(rows[row], 0, hidden, row * rows[0].length, rows[0].length);
      }
      return hidden;
    }
  }

  private static double difference(float[] actual, float[] expected) {
    double greatest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      greatest = Math.max(greatest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    return difference / greatest;
  }

  private static double[] pooled(float[] hidden, int tokens, boolean mean) {
    int width = hidden.length / tokens;
    double[] pooled = new double[width];
    for (int i = 0; i < (mean ? hidden.length : width); i++) {
      pooled[i % width] += hidden[i];
    }
    return pooled;
  }

  private static double cosine(float[] a, double[] b) {
    double product = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int i = 0; i < b.length; i++) {
      product += a[i] * b[i];
      lengthA += (double) a[i] * a[i];
      lengthB += b[i] * b[i];
    }
    return product / Math.sqrt(lengthA * lengthB);
  }
}
