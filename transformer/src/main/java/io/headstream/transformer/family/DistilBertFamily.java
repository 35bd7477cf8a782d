package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.REQUIRED;
import static io.headstream.transformer.family.Role.*;
import static io.headstream.transformer.family.Size.FEED_FORWARD;
import static io.headstream.transformer.family.Size.KEYS;
import static io.headstream.transformer.family.Size.LABELS;
import static io.headstream.transformer.family.Size.MODEL;
import static io.headstream.transformer.family.Size.QUERIES;
import static io.headstream.transformer.family.Size.VOCABULARY;

import io.headstream.transformer.checkpoint.ModelException;
import io.headstream.transformer.rows.Activation;
import java.util.List;

/** DistilBERT (2019): BERT without token types, under other names. */
final class DistilBertFamily {
  /** In no file. */
  private static final float EPSILON = 1e-12f;

  private DistilBertFamily() {}

  static ModelDescription read(Config config) throws ModelException {
    boolean classifies = config.answer(AnswerDesign.Kind.HIDDEN) == AnswerDesign.Kind.CLASS;
    List<String> labels = classifies ? config.labels() : List.of();
    int modelDim = config.channels("dim");
    int heads = config.heads("n_heads");
    int positions = config.rows("max_position_embeddings");
    ModelShape shape =
        new ModelShape(
            config.layers("n_layers"),
            modelDim,
            heads,
            heads,
            config.evenHeadDim(modelDim, "n_heads"),
            config.innerChannels("hidden_dim"),
            config.rows("vocab_size"),
            positions,
            0,
            labels.size());
    BlockDesign block =
        new BlockDesign(
            BlockDesign.Order.POST_NORM,
            false,
            EPSILON,
            config.activation("activation", "gelu"),
            false,
            Integer.MAX_VALUE,
            Float.NaN,
            false);
    AnswerDesign answer =
        classifies
            ? new AnswerDesign(
                AnswerDesign.Kind.CLASS, false, Activation.RELU, false, labels, config.multiLabel())
            : AnswerDesign.hidden();
    return new ModelDescription(
        config.modelType(),
        shape,
        block,
        PositionDesign.counted(0, positions),
        answer,
        tensors(classifies));
  }

  private static TensorTable tensors(boolean classifies) {
    TensorTable table =
        new TensorTable("distilbert.")
            .embedding("embeddings.word_embeddings", TOKENS, VOCABULARY)
            .embedding("embeddings.position_embeddings", POSITIONS, Size.POSITIONS)
            .norm("embeddings.LayerNorm", EMBEDDING_NORM, MODEL, REQUIRED)
            .linear("transformer.layer.{i}.attention.q_lin", QUERY, QUERIES, MODEL, REQUIRED)
            .linear("transformer.layer.{i}.attention.k_lin", KEY, KEYS, MODEL, REQUIRED)
            .linear("transformer.layer.{i}.attention.v_lin", VALUE, KEYS, MODEL, REQUIRED)
            .linear(
                "transformer.layer.{i}.attention.out_lin",
                ATTENTION_OUTPUT,
                MODEL,
                QUERIES,
                REQUIRED)
            .norm("transformer.layer.{i}.sa_layer_norm", ATTENTION_NORM, MODEL, REQUIRED)
            .linear("transformer.layer.{i}.ffn.lin1", UP, FEED_FORWARD, MODEL, REQUIRED)
            .linear("transformer.layer.{i}.ffn.lin2", DOWN, MODEL, FEED_FORWARD, REQUIRED)
            .norm("transformer.layer.{i}.output_layer_norm", FEED_FORWARD_NORM, MODEL, REQUIRED)
            .ignoring("embeddings.position_ids", "vocab_*");
    return classifies
        ? table
            .outsidePrefix()
            .linear("pre_classifier", POOLER, MODEL, MODEL, REQUIRED)
            .linear("classifier", CLASSIFIER, LABELS, MODEL, REQUIRED)
        : table;
  }
}
