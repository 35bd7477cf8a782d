package io.headstream.transformer;

import static io.headstream.transformer.FamiliesTest.ids;
import static io.headstream.transformer.ReferenceAssert.assertRight;
import static io.headstream.transformer.ReferenceAssert.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.safetensors.TensorType;
import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Float64;
import io.headstream.transformer.reference.Gpt2Reference;
import io.headstream.transformer.reference.LlamaReference;
import io.headstream.transformer.reference.Trap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a file may hold that is easily read in another way. Activations, orders of norms, positions,
 * epsilons and heads are in {@link FamiliesTest}.
 */
class TrapsTest {
  @TempDir Path folder;
  private final int[] ids = ids(30, 40);

  @Test
  void aTiedModelDoesNotReadTheOutputThatAFileStillHas() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("llama", 1, 41).config("tie_word_embeddings", true);
    double[][] hidden = LlamaReference.hidden(c, "llama", ids, Set.of());
    float[] y = TransformerModel.load(c.write(folder)).logits(ids);
    assertRight(y, new double[][] {LlamaReference.logits(c, hidden, true)[29]});
    assertSeen(y, new double[][] {LlamaReference.logits(c, hidden, false)[29]});
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void biasesAreThereWhereTheConfigSaysSo(String there) throws Exception {
    Checkpoint c = LlamaReference.checkpoint("llama", 1, 42).config("attention_bias", there);
    for (int i = 0; i < 2 && there.equals("true"); i++) {
      String attention = "model.layers." + i + ".self_attn.";
      c.tensor(attention + "q_proj.bias", 0, 1, 48)
          .tensor(attention + "k_proj.bias", 0, 1, 16)
          .tensor(attention + "v_proj.bias", 0, 1, 16)
          .tensor(attention + "o_proj.bias", 0, 1, 48);
    }
    float[] y = TransformerModel.load(c.write(folder)).forward(ids);
    assertRight(y, LlamaReference.hidden(c, "llama", ids, Set.of()));
  }

  @Test
  void shardsWithAnIndexAreOneModel() throws Exception {
    Checkpoint c = Gpt2Reference.checkpoint("transformer.", 1, 43);
    float[] expected = TransformerModel.load(c.write(folder.resolve("whole"))).forward(ids);
    for (int shards : new int[] {1, 3}) {
      Path path = c.writeShards(folder.resolve("shards" + shards), shards);
      assertThat(TransformerModel.load(path).forward(ids)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BF16", "F16"})
  void sixteenBitsAreReadExactly(String type) throws Exception {
    Checkpoint c = BertReference.checkpoint("bert", "", 1, 0, 44);
    for (float[] values : c.tensors().values()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.round(values[i] * 64) / 64f; // what both types hold
      }
    }
    float[] expected = TransformerModel.load(c.write(folder.resolve("whole"))).forward(ids);
    c.type = TensorType.valueOf(type);
    float[] y = TransformerModel.load(c.write(folder.resolve("half"))).forward(ids);
    assertThat(y).isEqualTo(expected);
  }

  @Test
  void oldNamesOfLayerNormsAreKnown() throws Exception {
    Checkpoint c = BertReference.checkpoint("bert", "bert.", 1, 0, 45);
    float[] expected = TransformerModel.load(c.write(folder.resolve("new"))).forward(ids);
    for (String name : Set.copyOf(c.tensors().keySet())) {
      if (name.contains("LayerNorm")) {
        float[] values = c.get(name);
        c.remove(name)
            .set(name.replace("weight", "gamma").replace("bias", "beta"), values, values.length);
      }
    }
    c.set("bert.embeddings.position_ids", new float[40], 1, 40);
    c.set("cls.predictions.bias", new float[50], 50);
    c.linear("bert.pooler.dense", 48, 48);
    assertThat(TransformerModel.load(c.write(folder.resolve("old"))).forward(ids))
        .isEqualTo(expected);
  }

  @Test
  void aMeanIsOverTheTokensOfItsSequenceAlone() throws Exception {
    Checkpoint c = BertReference.checkpoint("bert", "", 1, 0, 46);
    TransformerModel model = TransformerModel.load(c.write(folder));
    SequenceBatch batch = new SequenceBatch().add(ids).add(1, 2).add(ids(17, 47));
    float[][] vectors = model.embed(batch, new ModelWorkspace());
    assertThat(vectors[0]).isEqualTo(model.embed(ids));
    assertThat(vectors[1]).isEqualTo(model.embed(1, 2));
    assertRight(vectors[1], new double[][] {mean(hidden(c, 1, 2), 2)});
    assertSeen(vectors[1], new double[][] {mean(hidden(c, 1, 2), 3)});
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean_tokens", "cls_token", "lasttoken", "max_tokens"})
  void aVectorIsPooledAndNormalisedAsTheFolderSays(String mode) throws Exception {
    Checkpoint c = BertReference.checkpoint("bert", "", 1, 0, 48);
    c.write(folder);
    Files.writeString(
        folder.resolve("modules.json"),
        """
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
         {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
        """);
    Files.createDirectories(folder.resolve("1_Pooling"));
    Files.writeString(
        folder.resolve("1_Pooling/config.json"),
        """
        {"word_embedding_dimension": 48, "pooling_mode_%s": true,
         "pooling_mode_mean_sqrt_len_tokens": false}
        """
            .formatted(mode));
    double[][] hidden = hidden(c, 5, 6, 7);
    double[] expected =
        switch (mode) {
          case "mean_tokens" -> mean(hidden, 3);
          case "cls_token" -> hidden[0];
          case "lasttoken" -> hidden[2];
          default -> {
            double[] most = hidden[0].clone();
            for (int i = 0; i < most.length; i++) {
              most[i] = Math.max(most[i], Math.max(hidden[1][i], hidden[2][i]));
            }
            yield most;
          }
        };
    double length = 0;
    for (double value : expected) {
      length += value * value;
    }
    for (int i = 0; i < expected.length; i++) {
      expected[i] /= Math.sqrt(length);
    }
    assertRight(TransformerModel.load(folder).embed(5, 6, 7), new double[][] {expected});
  }

  @Test
  void rotationsAreScaledAsTheConfigSays() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("llama", 1, 49);
    int[] many = ids(200, 50);
    double[][] plain = LlamaReference.hidden(c, "llama", many, Set.of());
    c.config("rope_scaling", "{\"type\": \"linear\", \"factor\": 4.0}");
    float[] y = TransformerModel.load(c.write(folder.resolve("linear"))).forward(many);
    assertRight(y, LlamaReference.hidden(c, "llama", many, Set.of(), k -> 0.25));
    assertSeen(y, plain);
    c.without("rope_scaling").without("rope_theta");
    c.config(
        "rope_parameters",
        "{\"rope_type\": \"llama3\", \"rope_theta\": 10000.0, \"factor\": 8.0,"
            + " \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
            + " \"original_max_position_embeddings\": 256}");
    y = TransformerModel.load(c.write(folder.resolve("llama3"))).forward(many);
    assertRight(y, LlamaReference.hidden(c, "llama", many, Set.of(), TrapsTest::llama3));
    assertSeen(y, plain);
  }

  /** What the frequency of a pair of a head of 8 channels is multiplied by. */
  private static double llama3(int pair) {
    double frequency = Float64.frequencies(10_000, 8).of(pair);
    double turns = 256 / (2 * Math.PI / frequency);
    if (turns > 4) {
      return 1;
    }
    if (turns < 1) {
      return 1 / 8.0;
    }
    double smooth = (turns - 1) / (4 - 1);
    return (1 - smooth) / 8 + smooth;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void aDecoderMayClassifyByItsLastToken(String family) throws Exception {
    boolean llama = family.equals("llama");
    Checkpoint c =
        llama ? LlamaReference.checkpoint("llama", 1, 52) : Gpt2Reference.checkpoint("", 1, 52);
    c.config("architectures", "[\"SomeForSequenceClassification\"]")
        .config("id2label", "{\"0\": \"ham\", \"1\": \"spam\"}")
        .word("problem_type", "multi_label_classification")
        .remove("lm_head.weight")
        .linear("score", 2, 48);
    TransformerModel model = TransformerModel.load(c.write(folder));
    double[][] hidden =
        llama
            ? LlamaReference.hidden(c, "llama", ids, Set.of())
            : Gpt2Reference.hidden(c, "", ids, Set.of());
    double[][] scores = Float64.linear(hidden, c.get("score.weight"), null);
    double[][] expected = Float64.map(scores, value -> 1 / (1 + Math.exp(-value)));
    assertRight(model.classProbabilities(ids), new double[][] {expected[29]});
    assertThat(model.labels()).containsExactly("ham", "spam");
    assertThatThrownBy(() -> model.nextTokens(1, ids))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a " + family + " model without an output for tokens does not foretell");
  }

  @Test
  void aWindowOfQwenIsSwitchedOnByItsOwnKey() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("qwen3", 1, 53).config("sliding_window", 5);
    float[] whole = TransformerModel.load(c.write(folder)).forward(ids);
    assertRight(whole, LlamaReference.hidden(c, "qwen3", ids, Set.of()));
    c.config("use_sliding_window", true).config("max_window_layers", 2);
    assertThat(TransformerModel.load(c.write(folder)).forward(ids)).isEqualTo(whole);
    c.config("max_window_layers", 0);
    assertThat(TransformerModel.load(c.write(folder)).forward(ids)).isNotEqualTo(whole);
    c.config("layer_types", "[\"full_attention\", \"full_attention\"]");
    assertThat(TransformerModel.load(c.write(folder)).forward(ids)).isEqualTo(whole);
  }

  @Test
  void headsMayHaveMoreChannelsThanTheModelShares() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("qwen3", 1, 51); // 6 heads of 16, 48 channels
    assertThat(TransformerModel.load(c.write(folder)).description().shape().headDim())
        .isEqualTo(16);
    float[] y = TransformerModel.load(folder).forward(ids);
    assertRight(y, LlamaReference.hidden(c, "qwen3", ids, Set.of()));
    assertSeen(y, LlamaReference.hidden(c, "qwen3", ids, Set.of(Trap.GROUPS_BY_MODULO)));
  }

  private static double[][] hidden(Checkpoint c, int... ids) {
    return BertReference.hidden(c, "bert", "", ids, Set.of());
  }

  private static double[] mean(double[][] rows, int count) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        mean[i] += row[i] / count;
      }
    }
    return mean;
  }
}
