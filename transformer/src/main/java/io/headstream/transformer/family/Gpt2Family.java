package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.REQUIRED;
import static io.headstream.transformer.family.Role.*;
import static io.headstream.transformer.family.Size.FEED_FORWARD;
import static io.headstream.transformer.family.Size.LABELS;
import static io.headstream.transformer.family.Size.MODEL;
import static io.headstream.transformer.family.Size.QUERIES;
import static io.headstream.transformer.family.Size.QUERIES_KEYS_VALUES;
import static io.headstream.transformer.family.Size.VOCABULARY;

import io.headstream.transformer.checkpoint.ModelException;
import java.util.List;

/** GPT-2 ("Language Models are Unsupervised Multitask Learners", 2019). */
final class Gpt2Family {
  private Gpt2Family() {}

  static ModelDescription read(Config config) throws ModelException {
    AnswerDesign.Kind kind = config.answer(AnswerDesign.Kind.NEXT, "LMHeadModel", "ForCausalLM");
    boolean tied = config.json().findBoolean("tie_word_embeddings", true);
    List<String> labels = kind == AnswerDesign.Kind.CLASS ? config.labels() : List.of();
    int modelDim = config.channels("n_embd");
    int heads = config.heads("n_head");
    int positions = config.rows("n_positions");
    ModelShape shape =
        new ModelShape(
            config.layers("n_layer"),
            modelDim,
            heads,
            heads,
            config.evenHeadDim(modelDim, "n_head"),
            config.innerChannels("n_inner", 4 * modelDim),
            config.rows("vocab_size"),
            positions,
            0,
            labels.size());
    boolean scaled = config.json().findBoolean("scale_attn_weights", true);
    BlockDesign block =
        new BlockDesign(
            BlockDesign.Order.PRE_NORM,
            false,
            config.epsilon("layer_norm_epsilon", 1e-5f),
            config.activation("activation_function", "gelu_new"),
            true,
            Integer.MAX_VALUE,
            scaled ? Float.NaN : 1,
            config.json().findBoolean("scale_attn_by_inverse_layer_idx", false));
    AnswerDesign answer =
        switch (kind) {
          case HIDDEN -> AnswerDesign.hidden();
          case NEXT -> AnswerDesign.next(tied);
          case CLASS -> new AnswerDesign(kind, false, null, true, labels, config.multiLabel());
        };
    return new ModelDescription(
        config.modelType(),
        shape,
        block,
        PositionDesign.counted(0, positions),
        answer,
        tensors(answer));
  }

  private static TensorTable tensors(AnswerDesign answer) {
    TensorTable table =
        new TensorTable("transformer.")
            .embedding("wte", TOKENS, VOCABULARY)
            .embedding("wpe", POSITIONS, Size.POSITIONS)
            .norm("h.{i}.ln_1", ATTENTION_NORM, MODEL, REQUIRED)
            .transposed("h.{i}.attn.c_attn", QUERY_KEY_VALUE, QUERIES_KEYS_VALUES, MODEL, REQUIRED)
            .transposed("h.{i}.attn.c_proj", ATTENTION_OUTPUT, MODEL, QUERIES, REQUIRED)
            .norm("h.{i}.ln_2", FEED_FORWARD_NORM, MODEL, REQUIRED)
            .transposed("h.{i}.mlp.c_fc", UP, FEED_FORWARD, MODEL, REQUIRED)
            .transposed("h.{i}.mlp.c_proj", DOWN, MODEL, FEED_FORWARD, REQUIRED)
            .norm("ln_f", FINAL_NORM, MODEL, REQUIRED)
            .ignoring("h.{i}.attn.bias", "h.{i}.attn.masked_bias")
            .outsidePrefix();
    if (answer.kind() == AnswerDesign.Kind.NEXT && !answer.tied()) {
      return table.linear("lm_head", OUTPUT, VOCABULARY, MODEL, Presence.ABSENT);
    }
    return answer.kind() == AnswerDesign.Kind.CLASS
        ? table.linear("score", CLASSIFIER, LABELS, MODEL, Presence.ABSENT)
        : table.ignoring("lm_head.weight");
  }
}
