package io.headstream.transformer.reference;

import static io.headstream.transformer.reference.Float64.activation;
import static io.headstream.transformer.reference.Float64.add;
import static io.headstream.transformer.reference.Float64.map;
import static io.headstream.transformer.reference.Float64.multiply;
import static io.headstream.transformer.reference.Float64.rmsNorm;
import static io.headstream.transformer.reference.Float64.rotate;

import io.headstream.transformer.reference.Float64.Frequencies;
import java.util.Set;

/** Llama and those that share its body: random checkpoints, and what they are to answer. */
public final class LlamaReference {
  private static final int D = 48;
  private static final int F = 100;
  private static final int VOCABULARY = 50;

  private final Checkpoint checkpoint;
  private final String family;
  private final Set<Trap> traps;
  private final int heads;
  private final int keyValueHeads;
  private final int headDim;

  private LlamaReference(Checkpoint checkpoint, String family, Set<Trap> traps) {
    this.checkpoint = checkpoint;
    this.family = family;
    this.traps = traps;
    this.heads = 6;
    this.keyValueHeads = family.equals("mistral") ? 6 : family.equals("qwen2") ? 1 : 2;
    this.headDim = family.equals("qwen3") ? 16 : 8;
  }

  /**
   * A checkpoint of random weights.
   *
   * @param family llama, mistral, qwen2 or qwen3; their shapes differ
   * @param embeddings how large the embeddings are: small ones show an epsilon
   */
  public static Checkpoint checkpoint(String family, double embeddings, long seed) {
    Checkpoint c = new Checkpoint(seed);
    LlamaReference shape = new LlamaReference(c, family, Set.of());
    int q = shape.heads * shape.headDim;
    int k = shape.keyValueHeads * shape.headDim;
    c.word("model_type", family)
        .config("architectures", "[\"SomeForCausalLM\"]")
        .config("hidden_size", D)
        .config("num_hidden_layers", 2)
        .config("num_attention_heads", shape.heads)
        .config("num_key_value_heads", shape.keyValueHeads)
        .config("intermediate_size", F)
        .word("hidden_act", "silu")
        .config("rms_norm_eps", family.startsWith("qwen") ? "1e-06" : "1e-05")
        .config("rope_theta", "10000.0")
        .config("max_position_embeddings", 512)
        .config("vocab_size", VOCABULARY)
        .config("tie_word_embeddings", family.equals("qwen2"));
    if (family.equals("qwen3")) {
      c.config("head_dim", shape.headDim);
    }
    if (family.equals("mistral")) {
      c.config("sliding_window", 5);
    }
    c.tensor("model.embed_tokens.weight", 0, embeddings, VOCABULARY, D);
    for (int i = 0; i < 2; i++) {
      String layer = "model.layers." + i + ".";
      c.norm(layer + "input_layernorm", D, false)
          .linear(layer + "self_attn.q_proj", q, D)
          .linear(layer + "self_attn.k_proj", k, D)
          .linear(layer + "self_attn.v_proj", k, D)
          .linear(layer + "self_attn.o_proj", D, q);
      if (family.equals("qwen2")) {
        c.tensor(layer + "self_attn.q_proj.bias", 0, 1, q)
            .tensor(layer + "self_attn.k_proj.bias", 0, 1, k)
            .tensor(layer + "self_attn.v_proj.bias", 0, 1, k);
      }
      if (family.equals("qwen3")) {
        c.norm(layer + "self_attn.q_norm", shape.headDim, false)
            .norm(layer + "self_attn.k_norm", shape.headDim, false);
      }
      c.norm(layer + "post_attention_layernorm", D, false)
          .linear(layer + "mlp.gate_proj", F, D)
          .linear(layer + "mlp.up_proj", F, D)
          .linear(layer + "mlp.down_proj", D, F);
    }
    c.norm("model.norm", D, false);
    return family.equals("qwen2") ? c : c.linear("lm_head", VOCABULARY, D);
  }

  /** The hidden states of a sequence. */
  public static double[][] hidden(Checkpoint c, String family, int[] ids, Set<Trap> traps) {
    return hidden(c, family, ids, traps, k -> 1);
  }

  /** The same with angles that are multiplied by a factor of their pair. */
  public static double[][] hidden(
      Checkpoint c, String family, int[] ids, Set<Trap> traps, Frequencies factors) {
    return new LlamaReference(c, family, traps).hidden(ids, factors);
  }

  /** Scores of the vocabulary after each token. */
  public static double[][] logits(Checkpoint c, double[][] hidden, boolean tied) {
    String name = tied ? "model.embed_tokens.weight" : "lm_head.weight";
    return Float64.linear(hidden, c.get(name), null);
  }

  private double[][] hidden(int[] ids, Frequencies factors) {
    double own = family.startsWith("qwen") ? 1e-6 : 1e-5;
    double eps = traps.contains(Trap.OTHER_EPSILON) ? 1.1e-5 - own : own;
    Frequencies base = Float64.frequencies(10_000, headDim);
    Frequencies frequencies = k -> base.of(k) * factors.of(k);
    float[] words = checkpoint.get("model.embed_tokens.weight");
    double[][] x = new double[ids.length][D];
    for (int p = 0; p < ids.length; p++) {
      for (int c = 0; c < D; c++) {
        x[p][c] = words[ids[p] * D + c];
      }
    }
    for (int i = 0; i < 2; i++) {
      String layer = "model.layers." + i + ".";
      double[][] n = rmsNorm(x, checkpoint.get(layer + "input_layernorm.weight"), eps);
      x = add(x, linear(layer + "self_attn.o_proj", attention(layer, n, eps, frequencies)));
      n = rmsNorm(x, checkpoint.get(layer + "post_attention_layernorm.weight"), eps);
      double[][] gate = map(linear(layer + "mlp.gate_proj", n), value -> activation("silu", value));
      double[][] inner = multiply(gate, linear(layer + "mlp.up_proj", n));
      x = add(x, linear(layer + "mlp.down_proj", inner));
    }
    return rmsNorm(x, checkpoint.get("model.norm.weight"), eps);
  }

  private double[][] attention(String layer, double[][] n, double eps, Frequencies frequencies) {
    double[][] q = linear(layer + "self_attn.q_proj", n);
    double[][] k = linear(layer + "self_attn.k_proj", n);
    double[][] v = linear(layer + "self_attn.v_proj", n);
    if (family.equals("qwen3")) {
      q = Float64.headNorm(q, checkpoint.get(layer + "self_attn.q_norm.weight"), eps);
      k = Float64.headNorm(k, checkpoint.get(layer + "self_attn.k_norm.weight"), eps);
    }
    boolean neighbours = traps.contains(Trap.NEIGHBOURS);
    boolean modulo = traps.contains(Trap.GROUPS_BY_MODULO);
    int shared = heads / keyValueHeads;
    int window =
        family.equals("mistral") ? 5 + (traps.contains(Trap.WINDOW_OF_ONE_MORE) ? 1 : 0) : 1000;
    return Float64.attention(
        rotate(q, headDim, frequencies, neighbours),
        rotate(k, headDim, frequencies, neighbours),
        v,
        heads,
        headDim,
        h -> modulo ? h % keyValueHeads : h / shared,
        1 / Math.sqrt(headDim),
        (i, j) -> j <= i && j > i - window);
  }

  private double[][] linear(String name, double[][] x) {
    return Float64.linear(x, checkpoint.get(name + ".weight"), checkpoint.get(name + ".bias"));
  }
}
