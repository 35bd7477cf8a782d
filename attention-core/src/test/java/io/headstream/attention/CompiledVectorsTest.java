package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headstream.attention.internal.drive.Backends;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.weights.AttentionParameters;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Vectors stay in registers whatever was compiled before: see {@code VectorOperations} of {@code
 * io.headstream.attention.internal.vector}, without which this fails.
 *
 * <p>In an ordinary JVM it would fail now and then, since it takes a hundred class checks that
 * failed, and the order in which methods are compiled. In the one that this starts, one class check
 * is too many, and calls wait for the compiler.
 */
class CompiledVectorsTest {
  private static final int MOST = 512 * 768;

  @Test
  void aLayerAllocatesNothingOnceItIsCompiled() throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms1g",
            "-Xbatch",
            "-XX:PerMethodTrapLimit=1",
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            Layers.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(Long.parseLong(said.trim())).as("bytes in five rounds").isLessThan(4096);
  }

  /** What the other JVM does: prints how many bytes are allocated by what is compiled. */
  static final class Layers {
    private final float[] x = Reference.uniform(new SplittableRandom(1), MOST, 1);
    private final float[] y = new float[MOST];
    private final MultiHeadAttention large = layer(768, 12);
    private final MultiHeadAttention small = layer(512, 8);
    private final PackedProjection projection =
        Backends.chosen().projection(new float[768 * 768], null, 768, 768);
    private final float[] scratch = new float[projection.scratch()];
    private final Workspace workspace = new Workspace();
    private final AttentionOptions options = AttentionOptions.defaults().withWorkspace(workspace);

    public static void main(String[] arguments) {
      Layers layers = new Layers();
      layers.attend(12);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      layers.attend(5);
      System.out.println(threads.getCurrentThreadAllocatedBytes() - before);
    }

    private void attend(int times) {
      for (int n = 0; n < times; n++) {
        large.attend(1, 512, x, 0, y, 0, options);
        projection.project(new Rows(x, 0, 768), 512, 0, 768, new Rows(y, 0, 768), scratch);
        small.attend(1, 128, x, 0, y, 0, options);
      }
    }

    private static MultiHeadAttention layer(int modelDim, int heads) {
      return new MultiHeadAttention(AttentionParameters.xavierUniform(modelDim, heads, heads, 1));
    }
  }
}
