package io.headstream.transformer;

import static io.headstream.transformer.ReferenceAssert.assertRight;
import static io.headstream.transformer.ReferenceAssert.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Gpt2Reference;
import io.headstream.transformer.reference.LlamaReference;
import io.headstream.transformer.reference.Trap;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of every family with random weights, against their formulas in double precision. */
class FamiliesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"bert,''", "bert,bert.", "roberta,''", "roberta,roberta.", "distilbert,distilbert."})
  void encodersGiveTheReferencesHiddenStates(String family, String prefix) throws Exception {
    Checkpoint c = BertReference.checkpoint(family, prefix, 1, 0, 7);
    TransformerModel model = TransformerModel.load(c.write(folder));
    int[] ids = ids(37, 1);
    float[] y = model.forward(ids);
    assertRight(y, BertReference.hidden(c, family, prefix, ids, Set.of()));
    for (Trap trap : Set.of(Trap.TANH_GELU, Trap.OTHER_NORM_ORDER)) {
      assertSeen(y, BertReference.hidden(c, family, prefix, ids, Set.of(trap)));
    }
    if (family.equals("roberta")) {
      assertSeen(y, BertReference.hidden(c, family, prefix, ids, Set.of(Trap.POSITION_ZERO)));
    }
  }

  @ParameterizedTest
  @CsvSource({"bert,bert.", "roberta,roberta.", "distilbert,distilbert."})
  void classifiersGiveTheReferencesProbabilities(String family, String prefix) throws Exception {
    Checkpoint c = BertReference.checkpoint(family, prefix, 1, 3, 8);
    TransformerModel model = TransformerModel.load(c.write(folder));
    int[] ids = ids(20, 2);
    float[] y = model.classProbabilities(ids);
    assertThat(model.labels()).containsExactly("class 0", "class 1", "class 2");
    assertRight(y, new double[][] {BertReference.classes(c, family, prefix, ids, Set.of())});
    assertSeen(
        y,
        new double[][] {BertReference.classes(c, family, prefix, ids, Set.of(Trap.OTHER_POOLER))});
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "transformer."})
  void gpt2GivesTheReferencesHiddenStates(String prefix) throws Exception {
    Checkpoint c = Gpt2Reference.checkpoint(prefix, 1, 9);
    TransformerModel model = TransformerModel.load(c.write(folder));
    int[] ids = ids(200, 3);
    float[] y = model.forward(ids);
    double[][] expected = Gpt2Reference.hidden(c, prefix, ids, Set.of());
    assertRight(y, expected);
    assertSeen(y, Gpt2Reference.hidden(c, prefix, ids, Set.of(Trap.TANH_GELU)));
    assertSeen(y, Gpt2Reference.hidden(c, prefix, ids, Set.of(Trap.NOT_TRANSPOSED)));
    double[][] logits = Gpt2Reference.logits(c, prefix, expected);
    assertRight(model.logits(ids), new double[][] {logits[ids.length - 1]});
  }

  @Test
  void gpt2MayDivideItsScoresByTheLayer() throws Exception {
    Checkpoint c = Gpt2Reference.checkpoint("", 1, 9);
    int[] ids = ids(20, 3);
    double[][] plain = Gpt2Reference.hidden(c, "", ids, Set.of());
    c.config("scale_attn_by_inverse_layer_idx", true);
    float[] y = TransformerModel.load(c.write(folder)).forward(ids);
    assertRight(y, Gpt2Reference.hidden(c, "", ids, Set.of()));
    assertSeen(y, plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "qwen3"})
  void llamaAndItsRelativesGiveTheReferencesHiddenStates(String family) throws Exception {
    Checkpoint c = LlamaReference.checkpoint(family, 1, 10);
    TransformerModel model = TransformerModel.load(c.write(folder));
    int[] ids = ids(200, 4);
    float[] y = model.forward(ids);
    double[][] expected = LlamaReference.hidden(c, family, ids, Set.of());
    assertRight(y, expected);
    assertSeen(y, LlamaReference.hidden(c, family, ids, Set.of(Trap.NEIGHBOURS)));
    if (family.equals("mistral")) {
      assertSeen(y, LlamaReference.hidden(c, family, ids, Set.of(Trap.WINDOW_OF_ONE_MORE)));
    } else if (!family.equals("qwen2")) {
      assertSeen(y, LlamaReference.hidden(c, family, ids, Set.of(Trap.GROUPS_BY_MODULO)));
    }
    double[][] logits = LlamaReference.logits(c, expected, family.equals("qwen2"));
    assertRight(model.logits(ids), new double[][] {logits[ids.length - 1]});
  }

  /** Embeddings whose variance is about that of an epsilon. */
  @Test
  void anotherEpsilonIsSeen() throws Exception {
    int[] ids = ids(20, 5);
    Checkpoint bert = BertReference.checkpoint("bert", "", 1e-4, 0, 11);
    float[] y = TransformerModel.load(bert.write(folder.resolve("bert"))).forward(ids);
    assertRight(y, BertReference.hidden(bert, "bert", "", ids, Set.of()));
    assertSeen(y, BertReference.hidden(bert, "bert", "", ids, Set.of(Trap.OTHER_EPSILON)));
    Checkpoint gpt2 = Gpt2Reference.checkpoint("", 1e-3, 12);
    y = TransformerModel.load(gpt2.write(folder.resolve("gpt2"))).forward(ids);
    assertRight(y, Gpt2Reference.hidden(gpt2, "", ids, Set.of()));
    assertSeen(y, Gpt2Reference.hidden(gpt2, "", ids, Set.of(Trap.OTHER_EPSILON)));
    for (String family : new String[] {"llama", "qwen3"}) {
      Checkpoint llama = LlamaReference.checkpoint(family, 1e-3, 13);
      y = TransformerModel.load(llama.write(folder.resolve(family))).forward(ids);
      assertRight(y, LlamaReference.hidden(llama, family, ids, Set.of()));
      assertSeen(y, LlamaReference.hidden(llama, family, ids, Set.of(Trap.OTHER_EPSILON)));
    }
  }

  @Test
  void logProbabilitiesAreThoseOfTheSoftmax() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("llama", 1, 14);
    TransformerModel model = TransformerModel.load(c.write(folder));
    int[] ids = ids(30, 6);
    double[][] hidden = LlamaReference.hidden(c, "llama", ids, Set.of());
    double[][] logits = LlamaReference.logits(c, hidden, false);
    double[] y = model.logProbabilities(ids);
    assertThat(y).hasSize(29);
    for (int i = 0; i < y.length; i++) {
      double expected =
          Math.log(io.headstream.transformer.reference.Float64.softmax(logits[i])[ids[i + 1]]);
      assertThat(y[i]).isCloseTo(expected, within(1e-4));
    }
    ScoredToken best = model.nextTokens(3, ids).get(0);
    double[] last = io.headstream.transformer.reference.Float64.softmax(logits[29]);
    assertThat(best.probability()).isCloseTo(last[best.token()], within(1e-5));
  }

  static int[] ids(int count, long seed) {
    return new Random(seed).ints(count, 0, 50).toArray();
  }
}
