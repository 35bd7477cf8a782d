package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.REQUIRED;
import static io.headstream.transformer.family.Role.*;
import static io.headstream.transformer.family.Size.FEED_FORWARD;
import static io.headstream.transformer.family.Size.KEYS;
import static io.headstream.transformer.family.Size.LABELS;
import static io.headstream.transformer.family.Size.MODEL;
import static io.headstream.transformer.family.Size.QUERIES;
import static io.headstream.transformer.family.Size.VOCABULARY;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.rows.Activation;
import java.util.List;

/** BERT ("BERT: Pre-training of Deep Bidirectional Transformers", 2018) and RoBERTa (2019). */
final class BertFamily {
  private BertFamily() {}

  static ModelDescription bert(Config config) throws ModelException {
    return read(config, "bert.", 0, 1e-12f);
  }

  /** Positions begin behind that of the padding token. */
  static ModelDescription roberta(Config config) throws ModelException {
    int padding = config.json().findInt("pad_token_id", 0, 1 << 20, 1);
    return read(config, "roberta.", padding + 1, 1e-5f);
  }

  private static ModelDescription read(
      Config config, String prefix, int firstPosition, float epsilon) throws ModelException {
    config.refuseTrue("is_decoder", "a BERT that decodes");
    String kind = config.json().findString("position_embedding_type", "absolute");
    if (!kind.equals("absolute")) {
      throw config
          .json()
          .get("position_embedding_type")
          .refusal("absolute: relative positions are not supported");
    }
    boolean classifies = config.answer(AnswerDesign.Kind.HIDDEN) == AnswerDesign.Kind.CLASS;
    List<String> labels = classifies ? config.labels() : List.of();
    int modelDim = config.channels("hidden_size");
    int positions = config.rows("max_position_embeddings");
    if (positions <= firstPosition) {
      JsonValue rows = config.json().get("max_position_embeddings");
      throw rows.refusal("more than the " + firstPosition + " that come before position 0");
    }
    int heads = config.heads("num_attention_heads");
    ModelShape shape =
        new ModelShape(
            config.layers("num_hidden_layers"),
            modelDim,
            heads,
            heads,
            config.evenHeadDim(modelDim, "num_attention_heads"),
            config.innerChannels("intermediate_size"),
            config.rows("vocab_size"),
            positions,
            config.rows("type_vocab_size", prefix.equals("bert.") ? 2 : 1),
            labels.size());
    BlockDesign block =
        new BlockDesign(
            BlockDesign.Order.POST_NORM,
            false,
            config.epsilon("layer_norm_eps", epsilon),
            config.activation("hidden_act", "gelu"),
            false,
            Integer.MAX_VALUE,
            Float.NaN,
            false);
    AnswerDesign answer =
        classifies
            ? new AnswerDesign(
                AnswerDesign.Kind.CLASS, false, Activation.TANH, false, labels, config.multiLabel())
            : AnswerDesign.hidden();
    return new ModelDescription(
        config.modelType(),
        shape,
        block,
        PositionDesign.counted(firstPosition, positions - firstPosition),
        answer,
        tensors(prefix, classifies));
  }

  private static TensorTable tensors(String prefix, boolean classifies) {
    TensorTable table =
        new TensorTable(prefix)
            .embedding("embeddings.word_embeddings", TOKENS, VOCABULARY)
            .embedding("embeddings.position_embeddings", POSITIONS, Size.POSITIONS)
            .embedding("embeddings.token_type_embeddings", TOKEN_TYPES, Size.TOKEN_TYPES)
            .norm("embeddings.LayerNorm", EMBEDDING_NORM, MODEL, REQUIRED)
            .linear("encoder.layer.{i}.attention.self.query", QUERY, QUERIES, MODEL, REQUIRED)
            .linear("encoder.layer.{i}.attention.self.key", KEY, KEYS, MODEL, REQUIRED)
            .linear("encoder.layer.{i}.attention.self.value", VALUE, KEYS, MODEL, REQUIRED)
            .linear(
                "encoder.layer.{i}.attention.output.dense",
                ATTENTION_OUTPUT,
                MODEL,
                QUERIES,
                REQUIRED)
            .norm("encoder.layer.{i}.attention.output.LayerNorm", ATTENTION_NORM, MODEL, REQUIRED)
            .linear("encoder.layer.{i}.intermediate.dense", UP, FEED_FORWARD, MODEL, REQUIRED)
            .linear("encoder.layer.{i}.output.dense", DOWN, MODEL, FEED_FORWARD, REQUIRED)
            .norm("encoder.layer.{i}.output.LayerNorm", FEED_FORWARD_NORM, MODEL, REQUIRED)
            .alsoEnding("LayerNorm.weight", "LayerNorm.gamma")
            .alsoEnding("LayerNorm.bias", "LayerNorm.beta")
            .ignoring("embeddings.position_ids", "cls.*", "lm_head.*");
    if (!classifies) {
      return table.ignoring("pooler.*");
    }
    if (prefix.equals("bert.")) {
      return table
          .linear("pooler.dense", POOLER, MODEL, MODEL, REQUIRED)
          .outsidePrefix()
          .linear("classifier", CLASSIFIER, LABELS, MODEL, REQUIRED);
    }
    return table
        .ignoring("pooler.*")
        .outsidePrefix()
        .linear("classifier.dense", POOLER, MODEL, MODEL, REQUIRED)
        .linear("classifier.out_proj", CLASSIFIER, LABELS, MODEL, REQUIRED);
  }
}
