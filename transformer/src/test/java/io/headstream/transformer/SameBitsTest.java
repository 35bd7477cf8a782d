package io.headstream.transformer;

import static io.headstream.transformer.FamiliesTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Gpt2Reference;
import io.headstream.transformer.reference.LlamaReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bits of a hidden state do not depend on how its sequence is cut, nor on what is beside it.
 */
class SameBitsTest {
  private static final int LENGTH = 201;

  @TempDir Path folder;

  private TransformerModel model(String family) throws Exception {
    Checkpoint c =
        switch (family) {
          case "bert", "distilbert" -> BertReference.checkpoint(family, "", 1, 0, 20);
          case "gpt2" -> Gpt2Reference.checkpoint("", 1, 20);
          default -> LlamaReference.checkpoint(family, 1, 20);
        };
    return TransformerModel.load(c.write(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral", "qwen2", "qwen3"})
  void blocksOfAnySizeGiveTheBitsOfTheWhole(String family) throws Exception {
    TransformerModel model = model(family);
    int[] ids = ids(LENGTH, 21);
    float[] expected = model.forward(ids);
    for (int block : new int[] {1, 7, 64, 100, LENGTH}) {
      assertThat(inBlocks(model, ids, block)).as("blocks of %d", block).isEqualTo(expected);
    }
  }

  private static float[] inBlocks(TransformerModel model, int[] ids, int block) {
    ModelWorkspace workspace = new ModelWorkspace();
    SequenceCache cache = model.newCache();
    SequenceBatch batch = new SequenceBatch();
    float[] y = new float[ids.length * model.modelDim()];
    float[] hidden = new float[block * model.modelDim()];
    for (int p = 0; p < ids.length; p += block) {
      int count = Math.min(block, ids.length - p);
      model.forward(batch.clear().add(cache, ids, p, count), hidden, workspace);
      System.arraycopy(hidden, 0, y, p * model.modelDim(), count * model.modelDim());
    }
    assertThat(cache.length()).isEqualTo(ids.length);
    return y;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "distilbert", "gpt2", "llama", "mistral", "qwen2", "qwen3"})
  void sequencesBesideEachOtherGiveTheBitsOfEachAlone(String family) throws Exception {
    TransformerModel model = model(family);
    int longest = Math.min(model.maxLength(), 150);
    ModelWorkspace workspace = new ModelWorkspace();
    SequenceBatch batch = new SequenceBatch();
    for (int round = 0; round < 5; round++) {
      Random random = new Random(round);
      batch.clear();
      int[][] sequences = new int[9][];
      for (int s = 0; s < sequences.length; s++) {
        sequences[s] = ids(random.nextInt(longest), 10 * round + s);
        batch.add(sequences[s]);
      }
      float[] hidden = new float[batch.rows() * model.modelDim()];
      model.forward(batch, hidden, workspace);
      for (int s = 0; s < sequences.length; s++) {
        assertThat(of(batch, s, hidden, model))
            .as("round %d, sequence %d", round, s)
            .isEqualTo(model.forward(sequences[s]));
      }
    }
  }

  /** Some sequences whole, others in blocks of their own lengths behind their caches. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "mistral", "qwen3"})
  void anyMixtureOfBlocksGivesTheBitsOfTheWhole(String family) throws Exception {
    TransformerModel model = model(family);
    Random random = new Random(22);
    ModelWorkspace workspace = new ModelWorkspace();
    SequenceBatch batch = new SequenceBatch();
    int[][] ids = new int[6][];
    float[][] expected = new float[ids.length][];
    SequenceCache[] caches = new SequenceCache[ids.length];
    for (int s = 0; s < ids.length; s++) {
      ids[s] = ids(LENGTH - 20 * s, 30 + s);
      expected[s] = model.forward(ids[s]);
      caches[s] = s == 0 ? null : model.newCache();
    }
    boolean more = true;
    while (more) {
      batch.clear();
      int[] first = new int[ids.length];
      for (int s = 0; s < ids.length; s++) {
        first[s] = caches[s] == null ? 0 : caches[s].length();
        int left = ids[s].length - first[s];
        int count = caches[s] == null ? left : Math.min(left, random.nextInt(70));
        batch.add(caches[s], ids[s], first[s], count);
      }
      float[] hidden = new float[batch.rows() * model.modelDim()];
      model.forward(batch, hidden, workspace);
      more = false;
      for (int s = 0; s < ids.length; s++) {
        float[] y = of(batch, s, hidden, model);
        int from = first[s] * model.modelDim();
        assertThat(y).isEqualTo(Arrays.copyOfRange(expected[s], from, from + y.length));
        more |= caches[s] != null && caches[s].length() < ids[s].length;
      }
    }
  }

  @Test
  void severalThreadsGiveTheBitsOfOne() throws Exception {
    TransformerModel model = model("llama");
    int[] ids = ids(LENGTH, 23);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      float[] hidden = new float[LENGTH * model.modelDim()];
      SequenceBatch batch = new SequenceBatch().add(ids);
      model.forward(batch, hidden, new ModelWorkspace(executor, 3));
      assertThat(hidden).isEqualTo(model.forward(ids));
    } finally {
      executor.shutdown();
    }
  }

  private static float[] of(SequenceBatch batch, int s, float[] hidden, TransformerModel model) {
    int d = model.modelDim();
    return Arrays.copyOfRange(hidden, batch.begin(s) * d, batch.end(s) * d);
  }
}
