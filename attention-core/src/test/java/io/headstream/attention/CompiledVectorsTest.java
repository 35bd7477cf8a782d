package io.headstream.attention;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headstream.attention.internal.drive.Backends;
import io.headstream.attention.internal.kernel.PackedProjection;
import io.headstream.attention.internal.kernel.Rows;
import io.headstream.attention.weights.AttentionParameters;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Vectors stay in registers whatever was compiled before: see {@link VectorOperations}, without
 * which this fails in every other JVM. The build runs it in one of its own, so that the layers are
 * the first that it sees of the kernels.
 */
class CompiledVectorsTest {
  private static final int MOST = 512 * 768;

  private final float[] x = Reference.uniform(new SplittableRandom(1), MOST, 1);
  private final float[] y = new float[MOST];
  private final MultiHeadAttention large = layer(768, 12);
  private final MultiHeadAttention small = layer(512, 8);
  private final PackedProjection projection =
      Backends.chosen().projection(new float[768 * 768], null, 768, 768);
  private final float[] scratch = new float[projection.scratch()];
  private final Workspace workspace = new Workspace();
  private final AttentionOptions options = AttentionOptions.defaults().withWorkspace(workspace);

  @Test
  void aLayerAllocatesNothingOnceItIsCompiled() {
    attend(60);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    attend(5);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4096);
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
