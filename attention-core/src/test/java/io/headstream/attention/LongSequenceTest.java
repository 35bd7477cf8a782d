package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Working memory grows with the length, not with its square. */
class LongSequenceTest {
  private static final int LENGTH = 16_384;
  private static final int DIM = 16;

  /** Queries, keys, values, results. */
  private static final int INPUT_MIB = 4 * LENGTH * DIM * Float.BYTES >> 20;

  /** One matrix of the scores would be 1 GiB. */
  @Test
  void fitsIntoSixtyFourMebibytesBesideItsInputs() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx%dm".formatted(64 + INPUT_MIB));
    command.add("-XX:+UseSerialGC");
    if (!MultiHeadAttention.kernel().equals("scalar")) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(InSmallHeap.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** What the other JVM does. */
  static final class InSmallHeap {
    public static void main(String[] arguments) {
      SplittableRandom random = new SplittableRandom(16);
      float[] q = Reference.uniform(random, LENGTH * DIM, 1);
      float[] k = Reference.uniform(random, LENGTH * DIM, 1);
      float[] v = Reference.uniform(random, LENGTH * DIM, 1);
      float[] out = new float[LENGTH * DIM];
      new ScaledDotProductAttention(1, 1, DIM)
          .attend(1, LENGTH, LENGTH, q, 0, k, 0, v, 0, out, 0, AttentionOptions.defaults());
      for (int i : new int[] {0, 1, 8_191, LENGTH - 1}) {
        float[] query = Arrays.copyOfRange(q, i * DIM, (i + 1) * DIM);
        double[] expected = Reference.attention(query, k, v, 1, LENGTH, DIM, 0.25, (row, key) -> 1);
        for (int c = 0; c < DIM; c++) {
          assertThat((double) out[i * DIM + c]).isCloseTo(expected[c], within(1e-5));
        }
      }
    }
  }
}
