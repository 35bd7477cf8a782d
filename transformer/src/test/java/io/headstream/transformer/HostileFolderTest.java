package io.headstream.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headstream.safetensors.WeightsException;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.reference.BertReference;
import io.headstream.transformer.reference.Checkpoint;
import io.headstream.transformer.reference.Gpt2Reference;
import io.headstream.transformer.reference.LlamaReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that cannot be a model are refused in one sentence that says where and why. */
class HostileFolderTest {
  @TempDir Path folder;

  @Test
  void aMissingFileIsNamed() throws Exception {
    refused("config.json: no such file");
    Checkpoint c = BertReference.checkpoint("bert", "", 1, 0, 1);
    c.write(folder);
    Files.delete(folder.resolve("model.safetensors"));
    refused(
        folder.getFileName() + ": has neither model.safetensors nor model.safetensors.index.json");
    c.writeShards(folder, 2);
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    refused("model-00002-of-00002.safetensors: no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model_type | "t5"    | model_type is "t5", expected bert, distilbert, roberta, xlm-roberta, gpt2, llama, mistral, qwen2 or qwen3
          model_type | "gemma" | model_type is "gemma", expected bert, distilbert, roberta, xlm-roberta, gpt2, llama, mistral, qwen2 or qwen3
          model_type | "mixtral" | model_type is "mixtral", expected bert, distilbert, roberta, xlm-roberta, gpt2, llama, mistral, qwen2 or qwen3
          model_type | null    | has no "model_type"
          model_type | "bert"  | architectures[0] is "SomeForCausalLM", expected one that ends with Model, ForMaskedLM, ForSequenceClassification
          quantization_config | {"quant_method": "gptq"} | quantization_config is an object, expected none: quantised weights are not supported
          num_local_experts | 8 | num_local_experts is 8, expected none: mixtures of experts are not supported
          rope_scaling | {"type": "dynamic", "factor": 2} | rope_scaling.type is "dynamic", expected default, linear or llama3
          rope_scaling | {"rope_type": "yarn", "factor": 2} | rope_scaling.rope_type is "yarn", expected default, linear or llama3
          rope_parameters | {"rope_type": "longrope"} | rope_parameters.rope_type is "longrope", expected default, linear or llama3
          rope_scaling | {"type": "linear"} | rope_scaling has no "factor"
          rope_theta | 0 | rope_theta is 0, expected a number above 0
          rope_theta | 1e400 | rope_theta is Infinity, expected a number above 0
          layer_types | ["full_attention", "sliding_attention"] | layer_types[1] is "sliding_attention", expected full_attention: layers of mixed types are not supported
          layer_types | ["full_attention"] | layer_types is an array, expected one for each of the 2 layers
          layer_types | ["linear_attention", "linear_attention"] | layer_types[0] is "linear_attention", expected full_attention or sliding_attention
          hidden_act | "xielu" | hidden_act is "xielu", expected one of gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, relu, silu
          architectures | ["LlamaForTokenClassification"] | architectures[0] is "LlamaForTokenClassification", expected one that ends with Model, ForMaskedLM, ForSequenceClassification, ForCausalLM
          hidden_size | 1152921504606846976 | hidden_size is 1152921504606846976, expected an integer from 1 to 1048576
          hidden_size | 49 | num_attention_heads is 6, expected a divisor of the 49 channels
          hidden_size | 60 | tensor "model.embed_tokens.weight" has shape [50, 48], expected [50, 60]
          hidden_size | 32.5 | hidden_size is 32.5, expected an integer from 1 to 1048576
          num_hidden_layers | 10000 | has no tensor "model.layers.2.input_layernorm.weight", expected one of shape [48]
          num_hidden_layers | 1 | tensor "model.layers.1.input_layernorm.weight" is not part of this model: 1 layers, and names that begin with "model.embed_tokens"
          num_attention_heads | 5 | num_key_value_heads is 2, expected a divisor of the 5 heads
          num_key_value_heads | 4 | num_key_value_heads is 4, expected a divisor of the 6 heads
          num_key_value_heads | 3 | tensor "model.layers.0.self_attn.k_proj.weight" has shape [16, 48], expected [24, 48]
          head_dim | 9 | head_dim is 9, expected heads of an even number of channels, not 9
          head_dim | 10 | tensor "model.layers.0.self_attn.q_proj.weight" has shape [48, 48], expected [60, 48]
          vocab_size | 134217728 | tensor "model.embed_tokens.weight" has shape [50, 48], expected [134217728, 48]
          attention_bias | true | has no tensor "model.layers.0.self_attn.q_proj.bias", expected one of shape [48]
          attention_bias | 1 | attention_bias is 1, expected true or false
          partial_rotary_factor | 0.5 | partial_rotary_factor is 0.5, expected 1: turning a part of the channels is not supported
          add_cross_attention | true | add_cross_attention is true, expected false: cross-attention is not supported
          """)
  void aConfigThatCannotBeIsRefusedByItsKey(String key, String json, String message)
      throws Exception {
    LlamaReference.checkpoint("llama", 1, 2).config(key, json).write(folder);
    refused(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          position_embedding_type | "relative_key" | position_embedding_type is "relative_key", expected absolute: relative positions are not supported
          is_decoder | true | is_decoder is true, expected false: a BERT that decodes is not supported
          num_attention_heads | 5 | num_attention_heads is 5, expected a divisor of the 48 channels
          max_position_embeddings | 64 | tensor "embeddings.position_embeddings.weight" has shape [40, 48], expected [64, 48]
          layer_norm_eps | -1 | layer_norm_eps is -1, expected a number above 0
          pruned_heads | {"1": [0]} | pruned_heads is an object, expected none: pruned heads are not supported
          """)
  void anEncodersConfigIsRefusedByItsKey(String key, String json, String message) throws Exception {
    BertReference.checkpoint("bert", "", 1, 0, 3).config(key, json).write(folder);
    refused(message);
  }

  @Test
  void aTensorTooManyOrTooFewIsRefusedByItsName() throws Exception {
    Checkpoint c = Gpt2Reference.checkpoint("", 1, 4);
    c.norm("extra", 4, false).write(folder);
    refused(
        "tensor \"extra.weight\" is not part of this model: 2 layers, and names that begin with"
            + " \"wte\"");
    c.remove("extra.weight").remove("h.1.mlp.c_fc.bias").write(folder);
    refused("has no tensor \"h.1.mlp.c_fc.bias\", expected one of shape [192]");
    c.tensor("h.1.mlp.c_fc.bias", 0, 1, 191).write(folder);
    refused("tensor \"h.1.mlp.c_fc.bias\" has shape [191], expected [192]");
  }

  @Test
  void anotherFamilysTensorsAreRefused() throws Exception {
    Gpt2Reference.checkpoint("", 1, 5).write(folder);
    Files.writeString(
        folder.resolve("config.json"), BertReference.checkpoint("bert", "", 1, 0, 5).json());
    refused("has no tensor \"embeddings.word_embeddings.weight\", expected one of shape [50, 48]");
  }

  @Test
  void aWeightThatIsNotFiniteIsRefused() throws Exception {
    Checkpoint c = LlamaReference.checkpoint("llama", 1, 6);
    c.get("model.layers.1.mlp.up_proj.weight")[77] = Float.NaN;
    c.write(folder);
    refused(
        "tensor \"model.layers.1.mlp.up_proj.weight\" has NaN at index 77, expected finite"
            + " numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model.safetensors",
        "/etc/passwd.safetensors",
        "sub/model.safetensors",
        "..\\\\model.safetensors",
        "..",
        "model.safetensors.index.json",
        "",
        "a\\u0000b.safetensors"
      })
  void anIndexLeadsNowhereElse(String path) throws Exception {
    LlamaReference.checkpoint("llama", 1, 7).writeShards(folder, 1);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"model.norm.weight\": \"" + path + "\"}}");
    String message = message();
    assertThat(message)
        .contains("model.safetensors.index.json: weight_map.model.norm.weight is \"")
        .endsWith("expected the name of a .safetensors file beside the index");
  }

  @Test
  void indexAndShardsHaveToAgree() throws Exception {
    LlamaReference.checkpoint("llama", 1, 8).writeShards(folder, 2);
    Path index = folder.resolve("model.safetensors.index.json");
    String sound = Files.readString(index);
    Files.writeString(index, sound.replace("model.norm.weight", "model.norm.other"));
    refused("has no tensor \"model.norm.other\", which the index puts there");
    Files.writeString(index, sound.replace("\"model.norm.weight\": ", "\"lm_head.weight\": "));
    assertThat(message()).contains("Duplicate field");
    Files.writeString(
        index, sound.replaceAll("\"model.norm.weight\": \"[^\"]*\",?", "").replace(",}", "}"));
    refused("has tensor \"model.norm.weight\", which the index does not put there");
    Files.copy(
        folder.resolve("model-00001-of-00002.safetensors"), folder.resolve("again.safetensors"));
    Files.writeString(index, sound.replaceFirst("\"model-00001-of-00002", "\"again"));
    assertThat(message()).contains("which the index does not put there");
    Files.writeString(index, "{\"weight_map\": []}");
    refused("weight_map is an array, expected an object");
    Files.writeString(index, "{}");
    refused("has no \"weight_map\"");
  }

  @Test
  void aPoolingThatIsNotSupportedIsRefused() throws Exception {
    BertReference.checkpoint("bert", "", 1, 0, 9).write(folder);
    Path modules = folder.resolve("modules.json");
    Files.writeString(modules, "[{\"path\": \"2_Dense\", \"type\": \"x.models.Dense\"}]");
    refused("[0].type is \"x.models.Dense\", expected a Transformer, Pooling or Normalize module");
    Files.writeString(modules, "[{\"path\": \"../1_Pooling\", \"type\": \"x.Pooling\"}]");
    refused("[0].path is \"../1_Pooling\", expected the name of a folder beside modules.json");
    Files.writeString(modules, "[{\"path\": \"1_Pooling\", \"type\": \"x.Pooling\"}]");
    Path pooling = Files.createDirectories(folder.resolve("1_Pooling")).resolve("config.json");
    refused("config.json: no such file");
    Files.writeString(pooling, "{\"pooling_mode_weightedmean_tokens\": true}");
    refused(
        "pooling_mode_weightedmean_tokens is true, expected false: one of mean, cls, lasttoken and"
            + " max is true");
    Files.writeString(pooling, "{}");
    refused("has no pooling_mode that is true, expected one");
  }

  @Test
  void aTruncatedFileIsRefused() throws Exception {
    LlamaReference.checkpoint("llama", 1, 10).write(folder);
    for (String name : new String[] {"model.safetensors", "config.json"}) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      for (int length = 0; length < sound.length; length += 1 + length / 3) {
        if (name.equals("config.json") && length >= sound.length - 1) {
          continue; // what is missing is a line's end
        }
        Files.write(folder.resolve(name), Arrays.copyOf(sound, length));
        assertThat(message()).as("%s of %d bytes", name, length).contains(name + ": ");
      }
      Files.write(folder.resolve(name), sound);
    }
    TransformerModel.load(folder);
  }

  private void refused(String message) {
    assertThat(message()).endsWith(message.contains(": no such file") ? "/" + message : message);
  }

  /** The one line of the refusal. */
  private String message() {
    try {
      TransformerModel.load(folder);
    } catch (ModelException | WeightsException e) {
      assertThat(e.getMessage()).startsWith(folder.toString()).doesNotContain("\n");
      return e.getMessage();
    } catch (IOException e) {
      throw new AssertionError("not a refusal", e);
    }
    throw new AssertionError("not refused");
  }
}
