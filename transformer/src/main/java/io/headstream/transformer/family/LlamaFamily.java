package io.headstream.transformer.family;

import static io.headstream.transformer.family.Presence.ABSENT;
import static io.headstream.transformer.family.Role.*;
import static io.headstream.transformer.family.Size.FEED_FORWARD;
import static io.headstream.transformer.family.Size.HEAD;
import static io.headstream.transformer.family.Size.KEYS;
import static io.headstream.transformer.family.Size.LABELS;
import static io.headstream.transformer.family.Size.MODEL;
import static io.headstream.transformer.family.Size.QUERIES;
import static io.headstream.transformer.family.Size.VOCABULARY;

import io.headstream.transformer.checkpoint.JsonValue;
import io.headstream.transformer.checkpoint.ModelException;
import java.util.List;

/** Llama (2023) and those that share its body: Mistral, Qwen2, Qwen3, SmolLM. */
final class LlamaFamily {
  private static final int MOST_HEAD_DIM = 1 << 14;

  private LlamaFamily() {}

  static ModelDescription read(Config config) throws ModelException {
    JsonValue json = config.json();
    AnswerDesign.Kind kind = config.answer(AnswerDesign.Kind.NEXT, "ForCausalLM");
    List<String> labels = kind == AnswerDesign.Kind.CLASS ? config.labels() : List.of();
    int maxLength = config.rows("max_position_embeddings");
    BlockDesign block =
        new BlockDesign(
            BlockDesign.Order.PRE_NORM,
            true,
            config.epsilon("rms_norm_eps", 1e-6f),
            config.activation("hidden_act", "silu"),
            true,
            keysBefore(config),
            Float.NaN,
            false);
    AnswerDesign answer =
        switch (kind) {
          case HIDDEN -> AnswerDesign.hidden();
          case NEXT -> AnswerDesign.next(json.findBoolean("tie_word_embeddings", false));
          case CLASS -> new AnswerDesign(kind, false, null, true, labels, config.multiLabel());
        };
    return new ModelDescription(
        config.modelType(),
        shape(config, labels.size()),
        block,
        PositionDesign.rotary(RotaryConfig.read(json), maxLength),
        answer,
        tensors(config, answer));
  }

  private static ModelShape shape(Config config, int labels) throws ModelException {
    JsonValue json = config.json();
    int modelDim = config.channels("hidden_size");
    int heads = config.heads("num_attention_heads");
    int keyValueHeads = json.findInt("num_key_value_heads", 1, heads, heads);
    if (heads % keyValueHeads != 0) {
      throw json.get("num_key_value_heads").refusal("a divisor of the " + heads + " heads");
    }
    int headDim =
        json.find("head_dim") == null
            ? config.evenHeadDim(modelDim, "num_attention_heads")
            : json.getInt("head_dim", 2, MOST_HEAD_DIM);
    if (headDim % 2 != 0) {
      throw json.get(json.find("head_dim") == null ? "num_attention_heads" : "head_dim")
          .refusal("heads of an even number of channels, not " + headDim);
    }
    return new ModelShape(
        config.layers("num_hidden_layers"),
        modelDim,
        heads,
        keyValueHeads,
        headDim,
        config.innerChannels("intermediate_size"),
        config.rows("vocab_size"),
        0,
        0,
        labels);
  }

  /** A window of W positions is the position itself and W - 1 before it. */
  private static int keysBefore(Config config) throws ModelException {
    JsonValue json = config.json();
    JsonValue types = json.find("layer_types");
    int layers = config.layers("num_hidden_layers");
    boolean slides = !config.modelType().startsWith("qwen") && !config.modelType().equals("llama");
    if (config.modelType().startsWith("qwen")) {
      slides = json.findBoolean("use_sliding_window", false);
      if (slides && types == null) {
        // The first so many layers see everything.
        int seeAll = json.findInt("max_window_layers", 0, 1 << 20, 28);
        if (seeAll > 0 && seeAll < layers) {
          throw json.get("use_sliding_window")
              .refusal("false: a window in some layers only is not supported");
        }
        slides = seeAll == 0;
      }
    }
    if (types != null) {
      if (types.elements().size() != layers) {
        throw types.refusal("one for each of the " + layers + " layers");
      }
      for (JsonValue type : types.elements()) {
        String expected = types.elements().get(0).asString();
        if (!type.asString().equals(expected)) {
          throw type.refusal(expected + ": layers of mixed types are not supported");
        }
        if (!expected.equals("full_attention") && !expected.equals("sliding_attention")) {
          throw type.refusal("full_attention or sliding_attention");
        }
        slides = expected.equals("sliding_attention");
      }
    }
    int window = slides ? json.findInt("sliding_window", 1, Integer.MAX_VALUE, 0) : 0;
    return window == 0 ? Integer.MAX_VALUE : window - 1;
  }

  private static TensorTable tensors(Config config, AnswerDesign answer) throws ModelException {
    JsonValue json = config.json();
    boolean qwen2 = config.modelType().equals("qwen2");
    boolean qwen3 = config.modelType().equals("qwen3");
    boolean attentionBias = json.findBoolean("attention_bias", false);
    Presence input = Presence.of(qwen2 || attentionBias);
    Presence output = Presence.of(!qwen2 && attentionBias);
    Presence inner = Presence.of(json.findBoolean("mlp_bias", false));
    TensorTable table =
        new TensorTable("model.")
            .embedding("embed_tokens", TOKENS, VOCABULARY)
            .norm("layers.{i}.input_layernorm", ATTENTION_NORM, MODEL, ABSENT)
            .linear("layers.{i}.self_attn.q_proj", QUERY, QUERIES, MODEL, input)
            .linear("layers.{i}.self_attn.k_proj", KEY, KEYS, MODEL, input)
            .linear("layers.{i}.self_attn.v_proj", VALUE, KEYS, MODEL, input)
            .linear("layers.{i}.self_attn.o_proj", ATTENTION_OUTPUT, MODEL, QUERIES, output);
    if (qwen3) {
      table
          .norm("layers.{i}.self_attn.q_norm", QUERY_NORM, HEAD, ABSENT)
          .norm("layers.{i}.self_attn.k_norm", KEY_NORM, HEAD, ABSENT);
    }
    table
        .norm("layers.{i}.post_attention_layernorm", FEED_FORWARD_NORM, MODEL, ABSENT)
        .linear("layers.{i}.mlp.gate_proj", GATE, FEED_FORWARD, MODEL, inner)
        .linear("layers.{i}.mlp.up_proj", UP, FEED_FORWARD, MODEL, inner)
        .linear("layers.{i}.mlp.down_proj", DOWN, MODEL, FEED_FORWARD, inner)
        .norm("norm", FINAL_NORM, MODEL, ABSENT)
        .ignoring("layers.{i}.self_attn.rotary_emb.inv_freq")
        .outsidePrefix();
    if (answer.kind() == AnswerDesign.Kind.NEXT && !answer.tied()) {
      return table.linear("lm_head", OUTPUT, VOCABULARY, MODEL, ABSENT);
    }
    return answer.kind() == AnswerDesign.Kind.CLASS
        ? table.linear("score", CLASSIFIER, LABELS, MODEL, ABSENT)
        : table.ignoring("lm_head.weight");
  }
}
