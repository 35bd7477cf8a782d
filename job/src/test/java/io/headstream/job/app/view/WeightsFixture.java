package io.headstream.job.app.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Records of attention weights in the form of the interface, and their numbers. */
final class WeightsFixture {
  /** What should be shown as the text that it is. */
  static final String HOSTILE =
      "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
          + "</style><!--{{data}}\u202e\u2028&lt;'\"`${1}";

  private WeightsFixture() {}

  /** Causal weights of a head, {@code [length, length]}. */
  static float[] weights(int head, int length) {
    SplittableRandom random = new SplittableRandom(1000L * head + length);
    float[] weights = new float[length * length];
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int j = 0; j <= i; j++) {
        weights[i * length + j] = (float) Math.exp(3 * random.nextDouble());
        sum += weights[i * length + j];
      }
      for (int j = 0; j <= i; j++) {
        weights[i * length + j] /= (float) sum;
      }
    }
    return weights;
  }

  /** The record of a whole sequence. */
  static String record(String id, int head, String[] labels, float[] weights) {
    int length = (int) Math.sqrt(weights.length);
    StringBuilder line = new StringBuilder("{\"sequence_id\":" + quoted(id) + ",\"head\":" + head);
    for (int i = 0; i < labels.length; i++) {
      line.append(i == 0 ? ",\"labels\":[" : ",");
      line.append(labels[i] == null ? "null" : quoted(labels[i]));
    }
    line.append(labels.length > 0 ? "]," : ",").append("\"attention\":[");
    for (int i = 0; i < length; i++) {
      line.append(i == 0 ? "[" : ",[");
      for (int j = 0; j < length; j++) {
        float weight = weights[i * length + j];
        line.append(j == 0 ? "" : ",").append(Float.isNaN(weight) ? "null" : weight);
      }
      line.append(']');
    }
    return line + "]}";
  }

  /** The record of one token of token mode. */
  static String row(String id, int head, int position, int[] keys, float[] weights) {
    StringBuilder line =
        new StringBuilder(
            "{\"sequence_id\":%s,\"head\":%d,\"position\":%d,\"keys\":["
                .formatted(quoted(id), head, position));
    for (int n = 0; n < keys.length; n++) {
      line.append(n == 0 ? "" : ",").append(keys[n]);
    }
    line.append("],\"attention\":[");
    for (int n = 0; n < weights.length; n++) {
      line.append(n == 0 ? "" : ",").append(weights[n]);
    }
    return line + "]}";
  }

  static Path write(Path file, String... lines) throws IOException {
    return Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
